/**
 * The baseline of ratings: the mean of all, plus how much more an item gets, plus how much more a person gives, by
 * alternating damped means (Koren, TKDD 2010, 2.1; in the order of items, then people).
 */
import type { Interactions, Taste } from '../../interactions.ts';
import { meanOf } from '../../centre.ts';
import { exactReasons } from '../../linear-scores.ts';
import type {
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents, requireFrom, requireWhole } from '../../require.ts';
import { SavedReader } from '../../saved.ts';

const id = 'user-item-bias';

export interface UserItemBiasSettings {
  /** λ of people and items: as many ratings at the baseline are added to each one's. */
  userRegularization: number;
  itemRegularization: number;
  epochs: number;
}

class UserItemBias implements Recommender {
  readonly predictsValues = true;
  /** [items] */
  readonly #itemBiases: Float32Array;
  readonly #globalMean: number;
  readonly #userRegularization: number;

  constructor(itemBiases: Float32Array, globalMean: number, userRegularization: number) {
    this.#itemBiases = itemBiases;
    this.#globalMean = globalMean;
    this.#userRegularization = userRegularization;
  }

  get items() {
    return this.#itemBiases.length;
  }

  score(taste: Taste, out: Float32Array): void {
    const base = this.#globalMean + this.#biasOf(taste);
    for (let item = 0; item < out.length; item++) out[item] = base + (this.#itemBiases[item] ?? 0);
  }

  reasons(taste: Taste, item: number): ScoreReasons {
    return exactReasons([
      { kind: 'bias', index: 0, amount: this.#globalMean },
      { kind: 'item', index: item, amount: this.#itemBiases[item] ?? 0 },
      { kind: 'user', index: 0, amount: this.#biasOf(taste) },
    ]);
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
      settings: {
        globalMean: this.#globalMean,
        userRegularization: this.#userRegularization,
      },
      arrays: { itemBiases: this.#itemBiases },
    };
  }

  #biasOf(taste: Taste): number {
    let sum = 0;
    taste.items.forEach((item, n) => {
      sum += (taste.values[n] ?? 0) - this.#globalMean - (this.#itemBiases[item] ?? 0);
    });
    return taste.items.length ? sum / (this.#userRegularization + taste.items.length) : 0;
  }
}

export const method: RecommenderMethod<UserItemBiasSettings> = {
  id,
  defaults: { userRegularization: 15, itemRegularization: 10, epochs: 10 },
  memory: ({ users, items }) => 24 * (users + items),
  async fit(interactions, settings, context) {
    requireEvents(interactions);
    requireFrom('userRegularization', settings.userRegularization, 0);
    requireFrom('itemRegularization', settings.itemRegularization, 0);
    requireWhole('epochs', settings.epochs, 1);
    const mean = meanOf(interactions.values);
    const userBiases = new Float64Array(interactions.users);
    const itemBiases = new Float64Array(interactions.items);
    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      updateItems(interactions, mean, userBiases, itemBiases, settings.itemRegularization);
      updateUsers(interactions, mean, userBiases, itemBiases, settings.userRegularization);
      await context.breathe({ done: epoch / settings.epochs, epoch });
    }
    return new UserItemBias(Float32Array.from(itemBiases), mean, settings.userRegularization);
  },
  open(saved) {
    const reader = new SavedReader(saved, id);
    return new UserItemBias(
      reader.array('itemBiases', Float32Array),
      reader.number('globalMean'),
      reader.number('userRegularization'),
    );
  },
};

function updateItems(
  { users, starts, indices, values }: Interactions,
  mean: number,
  userBiases: Float64Array,
  itemBiases: Float64Array,
  regularization: number,
) {
  const counts = new Uint32Array(itemBiases.length);
  itemBiases.fill(0);
  for (let user = 0; user < users; user++) {
    const to = starts[user + 1] ?? 0;
    for (let event = starts[user] ?? 0; event < to; event++) {
      const item = indices[event] ?? 0;
      itemBiases[item] =
        (itemBiases[item] ?? 0) + (values[event] ?? 0) - mean - (userBiases[user] ?? 0);
      counts[item] = (counts[item] ?? 0) + 1;
    }
  }
  counts.forEach((count, item) => {
    if (count > 0) itemBiases[item] = (itemBiases[item] ?? 0) / (regularization + count);
  });
}

function updateUsers(
  { users, starts, indices, values }: Interactions,
  mean: number,
  userBiases: Float64Array,
  itemBiases: Float64Array,
  regularization: number,
) {
  for (let user = 0; user < users; user++) {
    const from = starts[user] ?? 0;
    const to = starts[user + 1] ?? 0;
    let sum = 0;
    for (let event = from; event < to; event++)
      sum += (values[event] ?? 0) - mean - (itemBiases[indices[event] ?? 0] ?? 0);
    userBiases[user] = to > from ? sum / (regularization + to - from) : 0;
  }
}
