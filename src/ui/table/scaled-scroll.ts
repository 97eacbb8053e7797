/**
 * Where a list stands that is taller than a browser lets an element be. Chromium stops at about 33 million
 * px and Firefox at about 17, which is half a million rows; a list may have ten million. Not here: any DOM.
 *
 * The list has an offset of its own, in px. A short scroll moves it by as much as the element moved, so
 * that each row can be reached; a long one (the scrollbar) moves it in proportion. The two drift apart,
 * so that `settle` says where the element should stand once scrolling rests.
 */
const tallestPx = 8_000_000;

export class ScaledScroll {
  /** The element's height. */
  readonly height: number;
  readonly #content: number;
  #viewport: number;
  #offset = 0;
  #top = 0;

  constructor(contentPx: number, viewportPx: number) {
    this.height = Math.min(contentPx, tallestPx);
    this.#content = contentPx;
    this.#viewport = viewportPx;
  }

  get offset() {
    return this.#offset;
  }

  resize(viewportPx: number) {
    this.#viewport = viewportPx;
    this.#offset = this.#clamp(this.#offset);
  }

  /** The element was scrolled to `top`. */
  moved(top: number) {
    const by = top - this.#top;
    this.#top = top;
    if (by === 0) return;
    if (!this.#isScaled || top <= 0) this.#offset = this.#clamp(top);
    else if (top >= this.#maxTop) this.#offset = this.#maxOffset;
    else if (Math.abs(by) <= this.#viewport) this.#offset = this.#clamp(this.#offset + by);
    else this.#offset = this.#clamp((top / this.#maxTop) * this.#maxOffset);
  }

  /** @returns where the element has to be scrolled to; report back with `placed`. */
  goTo(offset: number): number {
    this.#offset = this.#clamp(offset);
    return this.settle();
  }

  /** Where the element should stand, with room left to scroll on by short steps to either end. */
  settle(): number {
    if (!this.#isScaled) return this.#offset;
    const room = 20 * this.#viewport;
    const inProportion = Math.round((this.#offset / this.#maxOffset) * this.#maxTop);
    const least = Math.min(this.#offset, room);
    const most = this.#maxTop - Math.min(this.#maxOffset - this.#offset, room);
    return Math.min(most, Math.max(least, inProportion));
  }

  /** The element was put at `top` by us: the list stays where it is. */
  placed(top: number) {
    this.#top = top;
  }

  get #isScaled() {
    return this.#content > this.height;
  }

  get #maxOffset() {
    return Math.max(0, this.#content - this.#viewport);
  }

  get #maxTop() {
    return Math.max(0, this.height - this.#viewport);
  }

  #clamp(offset: number) {
    return Math.min(this.#maxOffset, Math.max(0, offset));
  }
}
