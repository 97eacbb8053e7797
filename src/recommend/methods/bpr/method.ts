/**
 * Bayesian personalised ranking: what a person had should score above what they had not, pair by pair, by stochastic
 * gradients of ln σ(difference) (Rendle et al., UAI 2009). Items have a bias, people factors.
 */
import { StudioError } from '../../../lib/errors.ts';
import { Random } from '../../../lib/random.ts';
import { beginFactors, type FactorBeginning } from '../../begin-factors.ts';
import { fitByEpochs, type Epochs } from '../../fit-by-epochs.ts';
import { Breaks } from '../../in-parts.ts';
import type { Interactions, Taste } from '../../interactions.ts';
import { dotRow, exactReasons, similarRows } from '../../linear-scores.ts';
import { LastPerson } from '../../last-person.ts';
import { Pace } from '../../pace.ts';
import { includesSorted } from '../../ranking/list-metrics.ts';
import type {
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScorePart,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents, requireFrom, requirePositive, requireWhole } from '../../require.ts';
import { SavedReader } from '../../saved.ts';

const id = 'bpr';

export interface BprSettings {
  factors: number;
  epochs: number;
  learningRate: number;
  /** On the squares of what a step touches. */
  regularization: number;
}

/**
 * Steps that a person's own factors are found by, an event: fewer than training takes, since items lie where they are
 * from the first on. On MovieLens-100K lists are as good with 20 as with 50 (NDCG@10 .377 and .371), and show fewer
 * items with 20 than training's own factors do (.345 of all and .362; with 30 .359).
 */
const foldInEpochs = 30;

/** Everyone's factors are found from what they have; those of training are not kept. */
class Bpr implements Recommender {
  readonly predictsValues = false;
  /** [items, factors] */
  readonly #q: Float32Array;
  /** [items] */
  readonly #biases: Float32Array;
  readonly #settings: BprSettings;
  /** [users, factors] */
  readonly #trained: Float32Array | null;
  readonly #person = new LastPerson((taste) => this.#trainedOf(taste) ?? this.#foldIn(taste));

  /** @param trained of those whose number a taste tells, while they are being trained; never saved */
  constructor(
    q: Float32Array,
    biases: Float32Array,
    settings: BprSettings,
    trained: Float32Array | null = null,
  ) {
    this.#q = q;
    this.#biases = biases;
    this.#settings = settings;
    this.#trained = trained;
  }

  get items() {
    return this.#biases.length;
  }

  score(taste: Taste, out: Float32Array): void {
    const person = this.#person.of(taste);
    for (let item = 0; item < out.length; item++)
      out[item] = (this.#biases[item] ?? 0) + dotRow(this.#q, item, person);
  }

  reasons(taste: Taste, item: number): ScoreReasons {
    const { factors } = this.#settings;
    return exactReasons([
      { kind: 'bias', index: item, amount: this.#biases[item] ?? 0 },
      ...Array.from(this.#person.of(taste), (value, index): ScorePart => ({
        kind: 'factor',
        index,
        amount: value * (this.#q[item * factors + index] ?? 0),
      })),
    ]);
  }

  /** Cosine of factors. */
  similar(item: number, count: number) {
    return similarRows(this.#q, this.#settings.factors, item, count);
  }

  vectors() {
    return { values: this.#q, width: this.#settings.factors };
  }

  save(): SavedRecommender {
    return {
      method: id,
      settings: { ...this.#settings },
      arrays: { q: this.#q, biases: this.#biases },
    };
  }

  #trainedOf({ user }: Taste): Float64Array | null {
    if (!this.#trained || user === undefined) return null;
    const { factors } = this.#settings;
    return Float64Array.from(this.#trained.subarray(user * factors, (user + 1) * factors));
  }

  /** The same steps for a person alone, from 0, the items being what they are; by one seed, so that it is a function. */
  #foldIn({ items }: Taste): Float64Array {
    const { factors, learningRate, regularization } = this.#settings;
    const person = new Float64Array(factors);
    if (items.length === 0 || items.length >= this.items) return person;
    const random = new Random(0, 'bpr-fold-in');
    const q = this.#q;
    for (let step = foldInEpochs * items.length; step > 0; step--) {
      const had = items[random.integer(items.length)] ?? 0;
      const other = drawOther(items, this.items, random);
      const h = had * factors;
      const o = other * factors;
      let difference = (this.#biases[had] ?? 0) - (this.#biases[other] ?? 0);
      for (let f = 0; f < factors; f++)
        difference += (person[f] ?? 0) * ((q[h + f] ?? 0) - (q[o + f] ?? 0));
      const pull = 1 / (1 + Math.exp(difference));
      for (let f = 0; f < factors; f++) {
        const value = person[f] ?? 0;
        person[f] =
          value +
          learningRate * (pull * ((q[h + f] ?? 0) - (q[o + f] ?? 0)) - regularization * value);
      }
    }
    return person;
  }
}

/** An item that isn't among these. */
function drawOther(had: Uint32Array, items: number, random: Random): number {
  for (;;) {
    const item = random.integer(items);
    if (!includesSorted(had, item)) return item;
  }
}

export const method: RecommenderMethod<BprSettings> = {
  id,
  defaults: { factors: 32, epochs: 50, learningRate: 0.05, regularization: 0.01 },
  /** Factors of both sides; those of items also as the best and the newest were; whose each event is. */
  memory: ({ users, items, indices }, { factors }) =>
    4 * (factors + 1) * (users + 3 * items) + 4 * indices.length,
  async fit(interactions, settings, context) {
    check(interactions, settings);
    const random = new Random(context.seed, id);
    const beginning = await new Breaks(() => context.breathe({ done: 0 })).drive(
      beginFactors(interactions, settings.factors, { p: 0.1, q: 0.1 }, random),
    );
    const ascent = new Ascent(interactions, settings, beginning);
    return fitByEpochs(ascent, { method: id, epochs: settings.epochs, random }, context);
  },
  /** One of before holds what training found for people, too: they are scored like anyone else now. */
  open(saved) {
    const reader = new SavedReader(saved, id);
    const settings = {
      factors: reader.number('factors'),
      epochs: reader.number('epochs'),
      learningRate: reader.number('learningRate'),
      regularization: reader.number('regularization'),
    };
    const biases = reader.array('biases', Float32Array);
    const q = reader.array('q', Float32Array, biases.length * settings.factors);
    return new Bpr(q, biases, settings);
  },
};

function check(interactions: Interactions, settings: BprSettings) {
  requireEvents(interactions);
  requireWhole('factors', settings.factors, 1);
  requireWhole('epochs', settings.epochs, 1);
  requirePositive('learningRate', settings.learningRate);
  requireFrom('regularization', settings.regularization, 0);
  const { users, items, starts } = interactions;
  for (let user = 0; user < users; user++) {
    const count = (starts[user + 1] ?? 0) - (starts[user] ?? 0);
    if (count > 0 && count < items) return;
  }
  throw new StudioError(
    'bad-config',
    `bpr: everyone has every item there is (${items}), and it learns from what a person has not had. ` +
      'Bring events of more items, or choose most-popular',
  );
}

class Ascent implements Epochs {
  readonly #interactions: Interactions;
  readonly #settings: BprSettings;
  readonly #p: Float32Array;
  readonly #q: Float32Array;
  readonly #biases: Float32Array;
  /** Whose each event is. [events] */
  readonly #userOf: Uint32Array;

  constructor(interactions: Interactions, settings: BprSettings, beginning: FactorBeginning) {
    this.#interactions = interactions;
    this.#settings = settings;
    this.#p = beginning.p;
    this.#q = beginning.q;
    this.#biases = new Float32Array(interactions.items);
    this.#userOf = beginning.userOf;
  }

  /** As many steps as there are events. @returns the mean of −ln σ(difference), each before its step */
  async runEpoch(random: Random, breathe: (done: number) => Promise<void>): Promise<number> {
    const { items, starts, indices } = this.#interactions;
    const pace = new Pace(breathe);
    const steps = indices.length;
    let loss = 0;
    for (let step = 0; step < steps; step++) {
      const event = random.integer(steps);
      const user = this.#userOf[event] ?? 0;
      const from = starts[user] ?? 0;
      const to = starts[user + 1] ?? from;
      if (to - from === items) continue; // nothing that this person has not
      let other = random.integer(items);
      while (hasBetween(indices, from, to, other)) other = random.integer(items);
      loss += this.#step(user, indices[event] ?? 0, other);
      if ((step & 1023) === 0 && pace.isDue()) await pace.breathe(step / steps);
    }
    return loss / steps;
  }

  model(): Bpr {
    return new Bpr(this.#q.slice(), this.#biases.slice(), this.#settings);
  }

  measured(): Bpr {
    return new Bpr(this.#q, this.#biases, this.#settings, this.#p);
  }

  save() {
    return { p: this.#p, q: this.#q, biases: this.#biases };
  }

  restore(saved: SavedReader) {
    this.#p.set(saved.array('p', Float32Array, this.#p.length));
    this.#q.set(saved.array('q', Float32Array, this.#q.length));
    this.#biases.set(saved.array('biases', Float32Array, this.#biases.length));
  }

  #step(user: number, had: number, other: number): number {
    const { factors, learningRate, regularization } = this.#settings;
    const p = this.#p;
    const q = this.#q;
    const u = user * factors;
    const h = had * factors;
    const o = other * factors;
    const hadBias = this.#biases[had] ?? 0;
    const otherBias = this.#biases[other] ?? 0;
    let difference = hadBias - otherBias;
    for (let f = 0; f < factors; f++)
      difference += (p[u + f] ?? 0) * ((q[h + f] ?? 0) - (q[o + f] ?? 0));
    const pull = 1 / (1 + Math.exp(difference));
    this.#biases[had] = hadBias + learningRate * (pull - regularization * hadBias);
    this.#biases[other] = otherBias - learningRate * (pull + regularization * otherBias);
    for (let f = 0; f < factors; f++) {
      const pf = p[u + f] ?? 0;
      const hf = q[h + f] ?? 0;
      const of = q[o + f] ?? 0;
      p[u + f] = pf + learningRate * (pull * (hf - of) - regularization * pf);
      q[h + f] = hf + learningRate * (pull * pf - regularization * hf);
      q[o + f] = of - learningRate * (pull * pf + regularization * of);
    }
    return Math.log1p(Math.exp(-difference));
  }
}

/** Whether a value is in a sorted part of an array. */
function hasBetween(sorted: Uint32Array, from: number, to: number, value: number): boolean {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low < to && sorted[low] === value;
}
