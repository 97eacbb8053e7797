/**
 * PureSVD: what a person has, projected on the leading directions of what everyone has: r V Vᵀ with V the right
 * singular vectors (Cremonesi, Koren & Turrin, RecSys 2010).
 */
import type { Taste } from '../../interactions.ts';
import { truncatedSvd } from '../../linear-algebra/truncated-svd.ts';
import { dotRow, exactReasons, similarRows } from '../../linear-scores.ts';
import type {
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents, requireWhole } from '../../require.ts';
import { SavedReader } from '../../saved.ts';

const id = 'pure-svd';

export interface PureSvdSettings {
  factors: number;
}

class PureSvd implements Recommender {
  readonly predictsValues = false;
  /** V: [items, factors] */
  readonly #v: Float32Array;
  /** [factors] */
  readonly #singularValues: Float32Array;

  constructor(v: Float32Array, singularValues: Float32Array) {
    this.#v = v;
    this.#singularValues = singularValues;
  }

  get items() {
    return this.#v.length / this.#factors;
  }

  get #factors() {
    return this.#singularValues.length;
  }

  score(taste: Taste, out: Float32Array): void {
    const factors = this.#factors;
    const v = this.#v;
    const person = new Float64Array(factors);
    taste.items.forEach((item, n) => {
      const value = taste.values[n] ?? 0;
      for (let f = 0; f < factors; f++)
        person[f] = (person[f] ?? 0) + value * (v[item * factors + f] ?? 0);
    });
    for (let item = 0; item < out.length; item++) out[item] = dotRow(v, item, person);
  }

  reasons(taste: Taste, item: number): ScoreReasons {
    return exactReasons(
      Array.from(taste.items, (index, n) => ({
        kind: 'item',
        index,
        amount: (taste.values[n] ?? 0) * this.#dot(index, item),
      })),
    );
  }

  /** Cosine of the items' places in the factors, each as long as it matters. */
  similar(item: number, count: number) {
    const { values, width } = this.vectors();
    return similarRows(values, width, item, count);
  }

  /** V Σ */
  vectors() {
    const width = this.#factors;
    const values = this.#v.map((value, at) => value * (this.#singularValues[at % width] ?? 0));
    return { values, width };
  }

  save(): SavedRecommender {
    return {
      method: id,
      settings: {},
      arrays: { v: this.#v, singularValues: this.#singularValues },
    };
  }

  #dot(a: number, b: number): number {
    const factors = this.#factors;
    let sum = 0;
    for (let f = 0; f < factors; f++)
      sum += (this.#v[a * factors + f] ?? 0) * (this.#v[b * factors + f] ?? 0);
    return sum;
  }
}

export const method: RecommenderMethod<PureSvdSettings> = {
  id,
  defaults: { factors: 20 },
  /** Four float64 matrices of items × vectors while iterating. */
  memory: ({ items }, { factors }) => 4 * 8 * items * (factors + 20),
  async fit(interactions, { factors }, context) {
    requireEvents(interactions);
    requireWhole('factors', factors, 1);
    const { singularValues, vectors } = await truncatedSvd(
      interactions,
      factors,
      context.seed,
      (done, loss) => context.breathe(Number.isFinite(loss) ? { done, loss } : { done }),
    );
    return new PureSvd(Float32Array.from(vectors), Float32Array.from(singularValues));
  },
  open(saved) {
    const reader = new SavedReader(saved, id);
    return new PureSvd(
      reader.array('v', Float32Array),
      reader.array('singularValues', Float32Array),
    );
  },
};
