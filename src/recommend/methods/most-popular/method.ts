/** What most people had, whoever asks: the first baseline. */
import type {
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents } from '../../require.ts';
import { SavedReader } from '../../saved.ts';
import { countByItem } from '../../transpose.ts';

const id = 'most-popular';

/** It has none. */
export type MostPopularSettings = Readonly<Record<string, never>>;

class MostPopular implements Recommender {
  readonly predictsValues = false;
  /** Events an item. */
  readonly #counts: Float32Array;

  constructor(counts: Float32Array) {
    this.#counts = counts;
  }

  get items() {
    return this.#counts.length;
  }

  score(_taste: unknown, out: Float32Array): void {
    out.set(this.#counts);
  }

  reasons(_taste: unknown, item: number): ScoreReasons {
    const amount = this.#counts[item] ?? 0;
    return { parts: [{ kind: 'bias', index: item, amount }], isExact: true };
  }

  similar(): null {
    return null;
  }

  vectors(): null {
    return null;
  }

  save(): SavedRecommender {
    return { method: id, settings: {}, arrays: { counts: this.#counts } };
  }
}

export const method: RecommenderMethod<MostPopularSettings> = {
  id,
  defaults: {},
  memory: ({ items }) => 8 * items,
  fit(interactions) {
    requireEvents(interactions);
    return Promise.resolve(new MostPopular(Float32Array.from(countByItem(interactions))));
  },
  open: (saved) => new MostPopular(new SavedReader(saved, id).array('counts', Float32Array)),
};
