/** An item's mean rating, drawn towards the mean of all where it has few: a baseline for ratings. */
import type { Interactions } from '../../interactions.ts';
import type {
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents, requireFrom } from '../../require.ts';
import { SavedReader } from '../../saved.ts';

const id = 'item-mean';

export interface ItemMeanSettings {
  /** As many ratings at the mean of all are added to each item's (Funk 2006). 0 is the plain mean. */
  damping: number;
}

class ItemMean implements Recommender {
  readonly predictsValues = true;
  readonly #means: Float32Array;
  readonly #globalMean: number;

  constructor(means: Float32Array, globalMean: number) {
    this.#means = means;
    this.#globalMean = globalMean;
  }

  get items() {
    return this.#means.length;
  }

  score(_taste: unknown, out: Float32Array): void {
    out.set(this.#means);
  }

  reasons(_taste: unknown, item: number): ScoreReasons {
    const ownDifference = (this.#means[item] ?? 0) - this.#globalMean;
    return {
      parts: [
        { kind: 'bias', index: 0, amount: this.#globalMean },
        { kind: 'item', index: item, amount: ownDifference },
      ],
      isExact: true,
    };
  }

  similar(): null {
    return null;
  }

  vectors(): null {
    return null;
  }

  save(): SavedRecommender {
    return {
      method: id,
      settings: { globalMean: this.#globalMean },
      arrays: { means: this.#means },
    };
  }
}

export const method: RecommenderMethod<ItemMeanSettings> = {
  id,
  defaults: { damping: 5 },
  memory: ({ items }) => 20 * items,
  fit(interactions, { damping }) {
    requireEvents(interactions);
    requireFrom('damping', damping, 0);
    const { sums, counts, globalMean } = totals(interactions);
    const means = Float32Array.from(sums, (sum, item) => {
      const count = counts[item] ?? 0;
      return count + damping === 0 ? globalMean : (sum + damping * globalMean) / (count + damping);
    });
    return Promise.resolve(new ItemMean(means, globalMean));
  },
  open(saved) {
    const reader = new SavedReader(saved, id);
    return new ItemMean(reader.array('means', Float32Array), reader.number('globalMean'));
  },
};

function totals({ items, indices, values }: Interactions) {
  const sums = new Float64Array(items);
  const counts = new Uint32Array(items);
  let all = 0;
  indices.forEach((item, event) => {
    const value = values[event] ?? 0;
    sums[item] = (sums[item] ?? 0) + value;
    counts[item] = (counts[item] ?? 0) + 1;
    all += value;
  });
  return { sums, counts, globalMean: all / indices.length };
}
