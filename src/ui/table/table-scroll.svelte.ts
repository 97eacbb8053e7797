/** Where a table's frame stands: the element and the list behind it, kept together. */
import type { RowBlocks } from './row-blocks.svelte.ts';
import { ScaledScroll } from './scaled-scroll.ts';
import { VisibleRange } from './visible-range.svelte.ts';

const restMs = 150;

export class TableScroll {
  readonly rowPx: number;
  readonly blocks = new VisibleRange();
  readonly columns = new VisibleRange();
  #offset = $state(0);
  #top = $state(0);
  #viewport = 0;
  #scroll = $state.raw(new ScaledScroll(0, 0));
  #frame: HTMLElement | null = null;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(rowPx: number) {
    this.rowPx = rowPx;
  }

  /** Px of the list above what is in view. */
  get offset() {
    return this.#offset;
  }
  /** What a block's place in the list differs by from its place in the element. */
  get shift() {
    return this.#top - this.#offset;
  }
  /** The height of the element that is scrolled. */
  get height() {
    return this.#scroll.height;
  }

  /** Shows other rows, from their top. @returns what ends it */
  show(frame: HTMLElement, rows: RowBlocks): () => void {
    this.#frame = frame;
    this.#scroll = new ScaledScroll(rows.total * this.rowPx, this.#viewport);
    frame.scrollTop = 0;
    this.#follow();
    const end = this.blocks.observe({
      frame,
      count: rows.count,
      sizeOf: (block) => rows.rowsIn(block) * this.rowPx,
    });
    return () => {
      clearTimeout(this.#resting);
      end();
    };
  }

  resize(viewportPx: number) {
    this.#viewport = viewportPx;
    this.#scroll.resize(viewportPx);
    this.#follow();
  }

  scrolled() {
    if (!this.#frame) return;
    this.columns.moveTo(this.#frame.scrollLeft);
    this.#scroll.moved(this.#frame.scrollTop);
    this.#follow();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#place(this.#scroll.settle()), restMs);
  }

  toTop(row: number) {
    this.#goTo(row * this.rowPx);
  }

  /** By as little as brings the row into view. */
  reveal(row: number) {
    const start = row * this.rowPx;
    const end = start + this.rowPx;
    if (start < this.#scroll.offset) this.#goTo(start);
    else if (end > this.#scroll.offset + this.#viewport) this.#goTo(end - this.#viewport);
  }

  revealColumn(column: number, widths: readonly number[], stickyPx: number) {
    const frame = this.#frame;
    if (!frame) return;
    const start = widths.slice(0, column).reduce((sum, width) => sum + width, 0);
    const end = start + (widths[column] ?? 0);
    const room = frame.clientWidth - stickyPx;
    if (start < frame.scrollLeft) frame.scrollLeft = start;
    else if (end > frame.scrollLeft + room) frame.scrollLeft = end - room;
  }

  #goTo(offset: number) {
    this.#place(this.#scroll.goTo(offset));
    this.#follow();
  }

  #place(top: number) {
    if (!this.#frame || Math.abs(this.#frame.scrollTop - top) < 1) return;
    this.#frame.scrollTop = top;
    this.#scroll.placed(this.#frame.scrollTop); // a browser may round it
    this.#follow();
  }

  #follow() {
    this.#offset = this.#scroll.offset;
    this.#top = this.#frame?.scrollTop ?? 0;
    this.blocks.moveTo(this.#scroll.offset);
  }
}
