/**
 * What a learned factor is about. It has a number and no name, but items at either end of it: the most typical ones, and
 * the category that they have more often than all items, stand for it.
 */
import type { ItemFeatures } from './item-features.ts';

export interface FactorEnd {
  /** Most typical first, at most `shown`; none where no item lies on this side. */
  items: number[];
  /** Of these items far more often than of all; null where none is. */
  category: string | null;
}

export interface FactorEnds {
  /** Where vectors are above 0. */
  high: FactorEnd;
  /** Where they are below 0. */
  low: FactorEnd;
}

const shown = 10;
/** A category names an end that this share of its items has, and so many times the share of all items. */
const leastShare = 0.4;
const leastLift = 1.5;

export class FactorNames {
  readonly #values: Float32Array;
  readonly #width: number;
  readonly #categories: ItemFeatures['categories'];
  /** Lengths of the vectors. [items] */
  readonly #norms: Float64Array;
  readonly #found = new Map<number, FactorEnds>();

  constructor(
    { values, width }: { values: Float32Array; width: number },
    categories: ItemFeatures['categories'],
  ) {
    this.#values = values;
    this.#width = width;
    this.#categories = categories;
    this.#norms = new Float64Array(values.length / width);
    values.forEach((value, at) => {
      const item = Math.floor(at / width);
      this.#norms[item] = (this.#norms[item] ?? 0) + value * value;
    });
    this.#norms.forEach((square, item) => (this.#norms[item] = Math.sqrt(square)));
  }

  /** Worked out once. */
  endsOf(factor: number): FactorEnds {
    let ends = this.#found.get(factor);
    if (!ends) {
      ends = { high: this.#endOf(factor, 1), low: this.#endOf(factor, -1) };
      this.#found.set(factor, ends);
    }
    return ends;
  }

  /** Whether the item lies at the high end. */
  isHigh(factor: number, item: number): boolean {
    return (this.#values[item * this.#width + factor] ?? 0) > 0;
  }

  #endOf(factor: number, sign: 1 | -1): FactorEnd {
    const typical = Float64Array.from(this.#norms, (norm, item) => {
      const value = sign * (this.#values[item * this.#width + factor] ?? 0);
      // How far out, times how much of the item that is: the best known lie far out on every factor.
      return value > 0 ? (value * value) / norm : 0;
    });
    const items = Array.from(typical.keys())
      .filter((item) => (typical[item] ?? 0) > 0)
      .sort((a, b) => (typical[b] ?? 0) - (typical[a] ?? 0) || a - b)
      .slice(0, shown);
    return { items, category: this.#categoryOf(items) };
  }

  #categoryOf(items: readonly number[]): string | null {
    if (!this.#categories || items.length === 0) return null;
    const { names, starts, indices } = this.#categories;
    const all = new Uint32Array(names.length);
    for (const category of indices) all[category] = (all[category] ?? 0) + 1;
    const own = new Uint32Array(names.length);
    for (const item of items)
      for (let at = starts[item] ?? 0; at < (starts[item + 1] ?? 0); at++)
        own[indices[at] ?? 0] = (own[indices[at] ?? 0] ?? 0) + 1;
    let best: { name: string; excess: number } | null = null;
    for (const [category, name] of names.entries()) {
      const share = (own[category] ?? 0) / items.length;
      const usual = (all[category] ?? 0) / this.#norms.length;
      if (share < leastShare || share < leastLift * usual) continue;
      if (!best || share - usual > best.excess) best = { name, excess: share - usual };
    }
    return best?.name ?? null;
  }
}
