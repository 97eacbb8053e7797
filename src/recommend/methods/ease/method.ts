/**
 * EASE: the linear map of a person's items to all items that best gives back what everyone has, with no item its own
 * reason (Steck, WWW 2019). With P = (XᵀX + λI)⁻¹, B[i, j] = −P[i, j] / P[j, j] and B[j, j] = 0; a score is x·B.
 */
import type { Parts } from '../../../lib/parts.ts';
import type { Taste } from '../../interactions.ts';
import { addGram } from '../../linear-algebra/gram.ts';
import { invertPositiveDefinite } from '../../linear-algebra/invert.ts';
import { sumRows } from '../../linear-algebra/weighted-rows.ts';
import { exactReasons, mostSimilar } from '../../linear-scores.ts';
import { Pace } from '../../pace.ts';
import type {
  ItemWeights,
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents, requirePositive } from '../../require.ts';
import { SavedReader } from '../../saved.ts';

const id = 'ease';

export interface EaseSettings {
  /** λ: more draws the weights towards 0; hundreds for thousands of people. */
  regularization: number;
}

/** How the work is shared between its steps, roughly. */
const shares = { gram: 0.1, inverse: 0.87, weights: 0.03 };

class Ease implements Recommender {
  readonly predictsValues = false;
  readonly items: number;
  /** B: [from item, to item] */
  readonly #weights: Float32Array;

  constructor(items: number, weights: Float32Array) {
    this.items = items;
    this.#weights = weights;
  }

  score(taste: Taste, out: Float32Array): void {
    const { items } = this;
    const weights = this.#weights;
    out.fill(0);
    const last = taste.items.length - 1;
    // Eight rows at a time: `out` is read and written an eighth as often. Past the end a value is 0, and any row will do.
    for (let n = 0; n <= last; n += 8) {
      const v0 = taste.values[n] ?? 0;
      const v1 = taste.values[n + 1] ?? 0;
      const v2 = taste.values[n + 2] ?? 0;
      const v3 = taste.values[n + 3] ?? 0;
      const v4 = taste.values[n + 4] ?? 0;
      const v5 = taste.values[n + 5] ?? 0;
      const v6 = taste.values[n + 6] ?? 0;
      const v7 = taste.values[n + 7] ?? 0;
      const r0 = (taste.items[n] ?? 0) * items;
      const r1 = (taste.items[n + 1] ?? 0) * items;
      const r2 = (taste.items[n + 2] ?? 0) * items;
      const r3 = (taste.items[n + 3] ?? 0) * items;
      const r4 = (taste.items[n + 4] ?? 0) * items;
      const r5 = (taste.items[n + 5] ?? 0) * items;
      const r6 = (taste.items[n + 6] ?? 0) * items;
      const r7 = (taste.items[n + 7] ?? 0) * items;
      for (let j = 0; j < items; j++) {
        // In pairs, so that additions needn't wait for each other.
        const a = v0 * (weights[r0 + j] ?? 0) + v1 * (weights[r1 + j] ?? 0);
        const b = v2 * (weights[r2 + j] ?? 0) + v3 * (weights[r3 + j] ?? 0);
        const c = v4 * (weights[r4 + j] ?? 0) + v5 * (weights[r5 + j] ?? 0);
        const d = v6 * (weights[r6 + j] ?? 0) + v7 * (weights[r7 + j] ?? 0);
        out[j] = (out[j] ?? 0) + (a + b) + (c + d);
      }
    }
  }

  *scoreMany(tastes: readonly Taste[], out: Float32Array): Parts<void> {
    const { items } = this;
    const isDone = yield* sumRows(this.#weights, items, tastes, out);
    if (isDone) return;
    for (const [n, taste] of tastes.entries()) {
      this.score(taste, out.subarray(n * items, (n + 1) * items));
      yield n / tastes.length;
    }
  }

  reasons(taste: Taste, item: number): ScoreReasons {
    return exactReasons(
      Array.from(taste.items, (index, n) => ({
        kind: 'item',
        index,
        amount: (taste.values[n] ?? 0) * (this.#weights[index * this.items + item] ?? 0),
      })),
    );
  }

  /** By how much having the item speaks for the other. */
  similar(item: number, count: number) {
    return mostSimilar(
      item,
      count,
      this.items,
      (other) => this.#weights[item * this.items + other] ?? 0,
    );
  }

  vectors(): null {
    return null;
  }

  weights(): ItemWeights {
    const { items } = this;
    return { items, starts: new Uint32Array(), targets: null, values: this.#weights };
  }

  save(): SavedRecommender {
    return {
      method: id,
      settings: { items: this.items },
      arrays: { weights: this.#weights },
    };
  }
}

export const method: RecommenderMethod<EaseSettings> = {
  id,
  defaults: { regularization: 250 },
  /** A float64 matrix to invert and a float32 one of weights, items × items each. */
  memory: ({ items }) => 12 * items * items,
  async fit(interactions, { regularization }, context) {
    requireEvents(interactions);
    requirePositive('regularization', regularization);
    const { items } = interactions;
    const matrix = new Float64Array(items * items);
    await addGram(interactions, matrix, (done) => context.breathe({ done: shares.gram * done }));
    for (let i = 0; i < items; i++)
      matrix[i * items + i] = (matrix[i * items + i] ?? 0) + regularization;
    await invertPositiveDefinite(matrix, items, (done) =>
      context.breathe({ done: shares.gram + shares.inverse * done }),
    );
    const weights = await weightsFrom(matrix, items, (done) =>
      context.breathe({ done: shares.gram + shares.inverse + shares.weights * done }),
    );
    return new Ease(items, weights);
  },
  open(saved) {
    const reader = new SavedReader(saved, id);
    const items = reader.number('items');
    return new Ease(items, reader.array('weights', Float32Array, items * items));
  },
};

/** From the lower triangle of the inverse, tile by tile, so that writing across rows stays near. */
async function weightsFrom(
  inverse: Float64Array,
  items: number,
  breathe: (done: number) => Promise<void>,
): Promise<Float32Array> {
  const weights = new Float32Array(items * items);
  const diagonal = Float64Array.from({ length: items }, (_, i) => inverse[i * items + i] ?? 1);
  const pace = new Pace(breathe);
  const tile = 32;
  for (let row = 0; row < items; row += tile) {
    for (let column = 0; column <= row; column += tile)
      for (let i = row; i < Math.min(row + tile, items); i++)
        for (let j = column; j < Math.min(column + tile, i); j++) {
          const value = inverse[i * items + j] ?? 0;
          weights[i * items + j] = -value / (diagonal[j] ?? 1);
          weights[j * items + i] = -value / (diagonal[i] ?? 1);
        }
    if (pace.isDue()) await pace.breathe((row / items) ** 2);
  }
  return weights;
}
