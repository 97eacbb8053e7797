/** User-based nearest neighbours: an item is for those whose likes have it (Resnick et al., CSCW 1994). */
import {
  aggregates,
  meanOf,
  meansByUser,
  similarityKinds,
  valuesFor,
  type NeighbourSettings,
} from '../../centre.ts';
import { tasteOf, type Interactions, type Taste } from '../../interactions.ts';
import { LastPerson } from '../../last-person.ts';
import { exactReasons, mostSimilar } from '../../linear-scores.ts';
import { topCandidates } from '../../ranking/top-items.ts';
import type {
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents, requireFrom, requireWhole } from '../../require.ts';
import { SavedReader } from '../../saved.ts';
import { transpose } from '../../transpose.ts';

const id = 'user-knn';

export type UserKnnSettings = NeighbourSettings;

interface Neighbour {
  user: number;
  similarity: number;
}

/**
 * `sum`: Σ similarity × the neighbour's value. `weighted-average`: the person's mean + Σ similarity × the neighbour's
 * deviation from their own mean, by Σ similarity, over the neighbours who have the item.
 * Keeps everyone's events: they are the model. Who has exactly the same items with the same values is taken to be the
 * same person and is no neighbour; they could only recommend what the person has.
 */
class UserKnn implements Recommender {
  readonly predictsValues: boolean;
  readonly #train: Interactions;
  readonly #settings: UserKnnSettings;
  /** The values of `train`, as the similarity takes them, by item. */
  readonly #byItem: Interactions;
  /** [users] */
  readonly #norms: Float64Array;
  readonly #means: Float32Array;
  readonly #globalMean: number;
  readonly #similarities: Float64Array;
  readonly #weights: Float32Array;
  readonly #neighbours = new LastPerson((taste) => this.#neighboursOf(taste));

  constructor(train: Interactions, settings: UserKnnSettings) {
    this.#train = train;
    this.#settings = settings;
    this.predictsValues = settings.aggregate === 'weighted-average';
    const compared = valuesFor(train, settings.similarity);
    this.#byItem = transpose(compared);
    this.#norms = Float64Array.from({ length: train.users }, (_, user) =>
      norm(tasteOf(compared, user).values),
    );
    this.#means = meansByUser(train);
    this.#globalMean = meanOf(train.values);
    this.#similarities = new Float64Array(train.users);
    this.#weights = new Float32Array(this.predictsValues ? train.items : 0);
  }

  get items() {
    return this.#train.items;
  }

  score(taste: Taste, out: Float32Array): void {
    const { starts, indices, values } = this.#train;
    const weights = this.#weights;
    out.fill(0);
    weights.fill(0);
    for (const { user, similarity } of this.#neighbours.of(taste)) {
      const mean = this.predictsValues ? (this.#means[user] ?? 0) : 0;
      const to = starts[user + 1] ?? 0;
      for (let event = starts[user] ?? 0; event < to; event++) {
        const item = indices[event] ?? 0;
        out[item] = (out[item] ?? 0) + similarity * ((values[event] ?? 0) - mean);
        if (this.predictsValues) weights[item] = (weights[item] ?? 0) + similarity;
      }
    }
    if (!this.predictsValues) return;
    const mean = this.#meanOf(taste);
    for (let item = 0; item < out.length; item++) {
      const weight = weights[item] ?? 0;
      out[item] = mean + (weight > 0 ? (out[item] ?? 0) / weight : 0);
    }
  }

  reasons(taste: Taste, item: number): ScoreReasons {
    const found = this.#neighbours.of(taste).flatMap(({ user, similarity }) => {
      const known = tasteOf(this.#train, user);
      const at = known.items.indexOf(item);
      return at < 0 ? [] : [{ user, similarity, value: known.values[at] ?? 0 }];
    });
    if (!this.predictsValues)
      return exactReasons(
        found.map(({ user, similarity, value }) => ({
          kind: 'user',
          index: user,
          amount: similarity * value,
        })),
      );
    const weight = found.reduce((sum, { similarity }) => sum + similarity, 0);
    return exactReasons([
      { kind: 'bias', index: 0, amount: this.#meanOf(taste) },
      ...found.map(({ user, similarity, value }) => ({
        kind: 'user' as const,
        index: user,
        amount: (similarity * (value - (this.#means[user] ?? 0))) / weight,
      })),
    ]);
  }

  /** The cosine of who had them, by the values that people are compared by. */
  similar(item: number, count: number) {
    const { starts, indices, values } = this.#byItem;
    const own = new Float64Array(this.#train.users);
    for (let at = starts[item] ?? 0; at < (starts[item + 1] ?? 0); at++)
      own[indices[at] ?? 0] = values[at] ?? 0;
    const length = norm(tasteOf(this.#byItem, item).values);
    return mostSimilar(item, count, this.items, (other) => {
      const { items: people, values: theirs } = tasteOf(this.#byItem, other);
      let dot = 0;
      for (let n = 0; n < people.length; n++) dot += (own[people[n] ?? 0] ?? 0) * (theirs[n] ?? 0);
      return dot > 0 ? dot / (length * norm(theirs)) : 0;
    }).filter(({ similarity }) => similarity > 0);
  }

  vectors(): null {
    return null;
  }

  save(): SavedRecommender {
    const { starts, indices, values, items } = this.#train;
    return {
      method: id,
      settings: { ...this.#settings, items },
      arrays: { starts, indices, values },
    };
  }

  #meanOf(taste: Taste): number {
    return taste.values.length ? meanOf(taste.values) : this.#globalMean;
  }

  /** Best first, ties to the lower. */
  #neighboursOf(taste: Taste): Neighbour[] {
    const mean = this.#settings.similarity === 'cosine' ? 0 : this.#meanOf(taste);
    const compared = taste.values.map((value) => value - mean);
    const own = norm(compared);
    const similarities = this.#similarities.fill(0);
    const { starts, indices, values } = this.#byItem;
    taste.items.forEach((item, n) => {
      const value = compared[n] ?? 0;
      const to = starts[item + 1] ?? 0;
      for (let event = starts[item] ?? 0; event < to; event++) {
        const user = indices[event] ?? 0;
        similarities[user] = (similarities[user] ?? 0) + value * (values[event] ?? 0);
      }
    });
    const candidates: number[] = [];
    similarities.forEach((product, user) => {
      if (!(product > 0) || isSame(taste, tasteOf(this.#train, user))) return;
      similarities[user] = product / (own * (this.#norms[user] ?? 0) + this.#settings.shrinkage);
      candidates.push(user);
    });
    const nearest = new Uint32Array(this.#settings.neighbours);
    const found = topCandidates(similarities, Uint32Array.from(candidates), nearest);
    return Array.from(nearest.subarray(0, found), (user) => ({
      user,
      similarity: similarities[user] ?? 0,
    }));
  }
}

function norm(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}

function isSame(a: Taste, b: Taste): boolean {
  return (
    a.items.length === b.items.length &&
    a.items.every((item, i) => item === b.items[i]) &&
    a.values.every((value, i) => value === b.values[i])
  );
}

export const method: RecommenderMethod<UserKnnSettings> = {
  id,
  defaults: { neighbours: 50, similarity: 'cosine', shrinkage: 0, aggregate: 'sum' },
  /** The events by item and once more centred; some figures a user. */
  memory: ({ users, items, indices }) => 12 * indices.length + 24 * users + 8 * items,
  fit(interactions, settings) {
    requireEvents(interactions);
    requireWhole('neighbours', settings.neighbours, 1);
    requireFrom('shrinkage', settings.shrinkage, 0);
    return Promise.resolve(new UserKnn({ ...interactions, times: null }, settings));
  },
  open(saved) {
    const reader = new SavedReader(saved, id);
    const starts = reader.array('starts', Uint32Array);
    const indices = reader.array('indices', Uint32Array);
    return new UserKnn(
      {
        users: starts.length - 1,
        items: reader.number('items'),
        starts,
        indices,
        values: reader.array('values', Float32Array, indices.length),
        times: null,
      },
      {
        neighbours: reader.number('neighbours'),
        similarity: reader.text('similarity', similarityKinds),
        shrinkage: reader.number('shrinkage'),
        aggregate: reader.text('aggregate', aggregates),
      },
    );
  },
};
