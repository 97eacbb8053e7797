/** Item-based nearest neighbours: an item is for those who have items like it (Sarwar et al., WWW 2001). */
import { aggregates, meanOf, valuesFor, type NeighbourSettings } from '../../centre.ts';
import type { Taste } from '../../interactions.ts';
import { exactReasons, mostSimilar } from '../../linear-scores.ts';
import type {
  ItemWeights,
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents, requireFrom, requireWhole } from '../../require.ts';
import { SavedReader } from '../../saved.ts';
import { findNeighbours, type ItemNeighbours } from './neighbours.ts';

const id = 'item-knn';

export type ItemKnnSettings = NeighbourSettings;

/**
 * Of item i and the neighbours j that a person has: Σ similarity × value, or that by Σ similarity. Where an average has
 * no neighbour it is the person's mean, and of a person without values the mean of all.
 */
class ItemKnn implements Recommender {
  readonly predictsValues: boolean;
  readonly #neighbours: ItemNeighbours;
  readonly #globalMean: number;
  /** Σ similarity, of averages. [items] */
  readonly #weights: Float32Array;

  constructor(neighbours: ItemNeighbours, predictsValues: boolean, globalMean: number) {
    this.#neighbours = neighbours;
    this.predictsValues = predictsValues;
    this.#globalMean = globalMean;
    this.#weights = new Float32Array(predictsValues ? this.items : 0);
  }

  get items() {
    return this.#neighbours.starts.length - 1;
  }

  score(taste: Taste, out: Float32Array): void {
    const { starts, targets, similarities } = this.#neighbours;
    const weights = this.#weights;
    out.fill(0);
    weights.fill(0);
    for (let n = 0; n < taste.items.length; n++) {
      const item = taste.items[n] ?? 0;
      const value = taste.values[n] ?? 0;
      const to = starts[item + 1] ?? 0;
      for (let at = starts[item] ?? 0; at < to; at++) {
        const target = targets[at] ?? 0;
        const similarity = similarities[at] ?? 0;
        out[target] = (out[target] ?? 0) + similarity * value;
        if (this.predictsValues) weights[target] = (weights[target] ?? 0) + similarity;
      }
    }
    if (!this.predictsValues) return;
    const mean = this.#meanOf(taste);
    for (let item = 0; item < out.length; item++) {
      const weight = weights[item] ?? 0;
      out[item] = weight > 0 ? (out[item] ?? 0) / weight : mean;
    }
  }

  reasons(taste: Taste, item: number): ScoreReasons {
    const found = Array.from(taste.items, (index, n) => ({
      index,
      similarity: this.#similarity(item, index),
      value: taste.values[n] ?? 0,
    })).filter(({ similarity }) => similarity > 0);
    const weight = this.predictsValues
      ? found.reduce((sum, { similarity }) => sum + similarity, 0)
      : 1;
    if (weight === 0)
      return exactReasons([{ kind: 'bias', index: 0, amount: this.#meanOf(taste) }]);
    return exactReasons(
      found.map(({ index, similarity, value }) => ({
        kind: 'item',
        index,
        amount: (similarity * value) / weight,
      })),
    );
  }

  similar(item: number, count: number) {
    return mostSimilar(item, count, this.items, (other) => this.#similarity(item, other)).filter(
      ({ similarity }) => similarity > 0,
    );
  }

  vectors(): null {
    return null;
  }

  weights(): ItemWeights {
    const { starts, targets, similarities } = this.#neighbours;
    return { items: this.items, starts, targets, values: similarities };
  }

  save(): SavedRecommender {
    return {
      method: id,
      settings: {
        aggregate: this.predictsValues ? 'weighted-average' : 'sum',
        globalMean: this.#globalMean,
      },
      arrays: { ...this.#neighbours },
    };
  }

  #meanOf(taste: Taste): number {
    return taste.values.length ? meanOf(taste.values) : this.#globalMean;
  }

  /** How much `neighbour` says of `item`; 0 where it isn't among the nearest. */
  #similarity(item: number, neighbour: number): number {
    const { starts, targets, similarities } = this.#neighbours;
    let from = starts[neighbour] ?? 0;
    const end = starts[neighbour + 1] ?? 0;
    let to = end;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((targets[middle] ?? 0) < item) from = middle + 1;
      else to = middle;
    }
    return from < end && targets[from] === item ? (similarities[from] ?? 0) : 0;
  }
}

export const method: RecommenderMethod<ItemKnnSettings> = {
  id,
  defaults: { neighbours: 50, similarity: 'cosine', shrinkage: 0, aggregate: 'sum' },
  /** Lists of neighbours, twice while they are turned; the events by item, and centred; a row of sums. */
  memory: ({ items, indices }, { neighbours }) =>
    2 * 8 * items * Math.min(neighbours, items) + 12 * indices.length + 32 * items,
  async fit(interactions, settings, context) {
    requireEvents(interactions);
    requireWhole('neighbours', settings.neighbours, 1);
    requireFrom('shrinkage', settings.shrinkage, 0);
    const found = await findNeighbours(
      valuesFor(interactions, settings.similarity),
      settings.neighbours,
      settings.shrinkage,
      (done) => context.breathe({ done }),
    );
    const isAverage = settings.aggregate === 'weighted-average';
    return new ItemKnn(found, isAverage, meanOf(interactions.values));
  },
  open(saved) {
    const reader = new SavedReader(saved, id);
    const targets = reader.array('targets', Uint32Array);
    return new ItemKnn(
      {
        starts: reader.array('starts', Uint32Array),
        targets,
        similarities: reader.array('similarities', Float32Array, targets.length),
      },
      reader.text('aggregate', aggregates) === 'weighted-average',
      reader.number('globalMean'),
    );
  },
};
