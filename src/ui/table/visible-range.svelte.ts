/** Which items of a long list are in view, by virtual-core. Its offset is told, not read from an element. */
import { observeElementRect, Virtualizer, type VirtualItem } from '@tanstack/virtual-core';

interface ListOptions {
  frame: HTMLElement;
  count: number;
  sizeOf: (index: number) => number;
  horizontal?: boolean;
}

export class VisibleRange {
  #items = $state.raw<readonly VirtualItem[]>([]);
  #report: ((offset: number) => void) | null = null;
  #offset = 0;

  get items() {
    return this.#items;
  }

  /** @returns what ends it */
  observe({ frame, count, sizeOf, horizontal = false }: ListOptions): () => void {
    const list = new Virtualizer<HTMLElement, HTMLElement>({
      count,
      horizontal,
      overscan: 0,
      estimateSize: sizeOf,
      getScrollElement: () => frame,
      observeElementRect,
      observeElementOffset: (_, report) => {
        this.#report = (offset) => report(offset, false);
        this.#report(this.#offset);
        return () => (this.#report = null);
      },
      scrollToFn: () => undefined,
      onChange: (changed) => (this.#items = changed.getVirtualItems()),
    });
    const end = list._didMount();
    list._willUpdate();
    this.#items = list.getVirtualItems();
    return end;
  }

  moveTo(offset: number) {
    this.#offset = offset;
    this.#report?.(offset);
  }
}
