/** A binary heap of items, in an order that may change under it. */
export class ItemHeap {
  readonly items: number[];
  readonly #isBefore: (a: number, b: number) => boolean;

  constructor(items: number[], isBefore: (a: number, b: number) => boolean) {
    this.items = items;
    this.#isBefore = isBefore;
    this.rebuild();
  }

  get size(): number {
    return this.items.length;
  }

  /** After the order has changed. */
  rebuild() {
    for (let at = (this.items.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  push(item: number) {
    const { items } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] ?? 0;
      if (!this.#isBefore(item, above)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  /** There must be one. */
  pop(): number {
    const { items } = this;
    const first = items[0] ?? 0;
    const last = items.pop() ?? 0;
    if (items.length > 0) {
      items[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #sink(from: number) {
    const { items } = this;
    const item = items[from] ?? 0;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      const right = items[child + 1];
      if (right !== undefined && this.#isBefore(right, items[child] ?? 0)) child++;
      const below = items[child] ?? 0;
      if (!this.#isBefore(below, item)) break;
      items[at] = below;
      at = child;
    }
    items[at] = item;
  }
}
