/**
 * What a learned factor is about. It has a number and no name, but items at either end of it: the most typical ones, and
 * the category that they have more often than all items, stand for it.
 */
import type { ItemFeatures } from './item-features.ts';
import { noItem, topItems } from './ranking/top-items.ts';

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
const nothing = new Uint32Array();

export class FactorNames {
  readonly #values: Float32Array;
  readonly #width: number;
  readonly #categories: ItemFeatures['categories'];
  /** Lengths of the vectors. [items] */
  readonly #norms: Float64Array;
  readonly #found = new Map<number, FactorEnds>();
  /** How many items have each category. */
  readonly #counts: Uint32Array;

  constructor(
    { values, width }: { values: Float32Array; width: number },
    categories: ItemFeatures['categories'],
  ) {
    this.#values = values;
    this.#width = width;
    this.#categories = categories;
    this.#counts = new Uint32Array(categories?.names.length ?? 0);
    for (const category of categories?.indices ?? [])
      this.#counts[category] = (this.#counts[category] ?? 0) + 1;
    this.#norms = new Float64Array(values.length / width);
    for (let item = 0, at = 0; item < this.#norms.length; item++) {
      let squares = 0;
      for (let f = 0; f < width; f++) squares += (values[at++] ?? 0) ** 2;
      this.#norms[item] = Math.sqrt(squares);
    }
  }

  /** Worked out once. */
  endsOf(factor: number): FactorEnds {
    let ends = this.#found.get(factor);
    if (!ends) {
      ends = this.#endsOf(factor);
      this.#found.set(factor, ends);
    }
    return ends;
  }

  /** Whether the item lies at the high end. */
  isHigh(factor: number, item: number): boolean {
    return (this.#values[item * this.#width + factor] ?? 0) > 0;
  }

  /** Plain loops: a first list may ask for a hundred factors at once. */
  #endsOf(factor: number): FactorEnds {
    const items = this.#norms.length;
    const high = new Float32Array(items).fill(NaN);
    const low = new Float32Array(items).fill(NaN);
    for (let item = 0, at = factor; item < items; item++, at += this.#width) {
      const value = this.#values[at] ?? 0;
      if (value === 0) continue;
      // How far out, times how much of the item that is: the best known lie far out on every factor.
      (value > 0 ? high : low)[item] = (value * value) / (this.#norms[item] ?? 1);
    }
    return { high: this.#endOf(high), low: this.#endOf(low) };
  }

  /** @param typical NaN for what isn't on this side */
  #endOf(typical: Float32Array): FactorEnd {
    const first = new Uint32Array(shown);
    topItems(typical, nothing, first);
    const items = Array.from(first).filter((item) => item !== noItem);
    return { items, category: this.#categoryOf(items) };
  }

  #categoryOf(items: readonly number[]): string | null {
    if (!this.#categories || items.length === 0) return null;
    const { names, starts, indices } = this.#categories;
    const own = new Uint32Array(names.length);
    for (const item of items)
      for (let at = starts[item] ?? 0; at < (starts[item + 1] ?? 0); at++)
        own[indices[at] ?? 0] = (own[indices[at] ?? 0] ?? 0) + 1;
    let best: { name: string; excess: number } | null = null;
    for (const [category, name] of names.entries()) {
      const share = (own[category] ?? 0) / items.length;
      const usual = (this.#counts[category] ?? 0) / this.#norms.length;
      if (share < leastShare || share < leastLift * usual) continue;
      if (!best || share - usual > best.excess) best = { name, excess: share - usual };
    }
    return best?.name ?? null;
  }
}
