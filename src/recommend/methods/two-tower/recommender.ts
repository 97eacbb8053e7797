/**
 * A fitted two-tower net: a person is the mean of what their items give as history, and meets each item by a product.
 * So it is linear in the history, although features went through layers on their way.
 */
import { StudioError } from '../../../lib/errors.ts';
import type { Taste } from '../../interactions.ts';
import { nearestVectors } from '../../nearest-vectors.ts';
import type { Recommender, SavedRecommender, ScorePart, ScoreReasons } from '../../recommender.ts';

export class TwoTower implements Recommender {
  readonly predictsValues = false;
  readonly items: number;
  readonly #width: number;
  readonly #history: Float32Array;
  readonly #offered: Float32Array;

  /**
   * @param history [items, width], what an item says of who had it
   * @param offered [items, width], what an item is to who might want it
   */
  constructor(history: Float32Array, offered: Float32Array, width: number) {
    this.items = offered.length / width;
    this.#width = width;
    this.#history = history;
    this.#offered = offered;
  }

  /** Logits; all 0 for who has no events. */
  score(taste: Taste, out: Float32Array) {
    const person = new Float64Array(this.#width);
    for (const item of taste.items)
      this.#rowOf(this.#history, item).forEach(
        (value, k) => (person[k] = (person[k] ?? 0) + value / taste.items.length),
      );
    for (let item = 0, at = 0; item < this.items; item++) {
      let sum = 0;
      for (let k = 0; k < this.#width; k++, at++)
        sum += (person[k] ?? 0) * (this.#offered[at] ?? 0);
      out[item] = sum;
    }
  }

  reasons(taste: Taste, item: number): ScoreReasons {
    const offered = this.#rowOf(this.#offered, item);
    const parts = Array.from(taste.items, (index): ScorePart => {
      const own = this.#rowOf(this.#history, index);
      const product = own.reduce((sum, value, k) => sum + value * (offered[k] ?? 0), 0);
      return { kind: 'item', index, amount: product / taste.items.length };
    });
    return {
      parts: parts.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount)),
      isExact: true,
    };
  }

  similar(item: number, count: number) {
    return nearestVectors(this.vectors(), item, count);
  }

  vectors() {
    return { values: this.#offered, width: this.#width };
  }

  save(): SavedRecommender {
    return {
      method: 'two-tower',
      settings: { width: this.#width },
      arrays: { history: this.#history, offered: this.#offered },
    };
  }

  /** @throws StudioError `corrupt` */
  static open({ settings, arrays }: SavedRecommender): TwoTower {
    const { history, offered } = arrays;
    const { width } = settings;
    const isWhole =
      history instanceof Float32Array &&
      offered instanceof Float32Array &&
      history.length === offered.length &&
      typeof width === 'number' &&
      width > 0 &&
      offered.length % width === 0;
    if (!isWhole)
      throw new StudioError('corrupt', "A stored two-tower model's arrays don't fit together");
    return new TwoTower(history, offered, width);
  }

  #rowOf(values: Float32Array, item: number): Float32Array {
    return values.subarray(item * this.#width, (item + 1) * this.#width);
  }
}
