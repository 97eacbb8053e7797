/**
 * Biased matrix factorisation of ratings by stochastic gradients: μ + b_u + b_i + p_u · q_i
 * (Koren, Bell & Volinsky, Computer 2009; Funk 2006).
 */
import { Random } from '../../../lib/random.ts';
import { beginFactors, type FactorBeginning } from '../../begin-factors.ts';
import { fitByEpochs, type Epochs } from '../../fit-by-epochs.ts';
import { meanOf } from '../../centre.ts';
import { Breaks } from '../../in-parts.ts';
import type { Interactions, Taste } from '../../interactions.ts';
import { exactReasons, dotRow, similarRows } from '../../linear-scores.ts';
import { LastPerson } from '../../last-person.ts';
import { Pace } from '../../pace.ts';
import type {
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScorePart,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents, requireFrom, requirePositive, requireWhole } from '../../require.ts';
import { SavedReader } from '../../saved.ts';

const id = 'biased-mf';

export interface BiasedMfSettings {
  factors: number;
  epochs: number;
  learningRate: number;
  /** On the squares of factors and biases, for each rating. */
  regularization: number;
}

/**
 * Deviation of items' factors at the start. People start at 0 in training as when they are folded in; Surprise starts
 * both at .1, and that noise of people is what a known person would be scored by and a new one not. By items alone .13
 * comes to the same error.
 */
const initialDeviation = 0.13;

/** What is found for one person. */
interface Person {
  /** [factors] */
  p: Float64Array;
  bias: number;
}

/** What training has found for everyone. */
interface People {
  /** [users, factors] */
  p: Float32Array;
  /** [users] */
  biases: Float32Array;
}

/**
 * Everyone's factors are found from their ratings by as many epochs, the items' being what they are: stopped as early,
 * so that the regularisation fits. Those of training are not kept: who was trained on is scored like anyone else.
 */
class BiasedMf implements Recommender {
  readonly predictsValues = true;
  /** [items, factors] */
  readonly #q: Float32Array;
  /** [items] */
  readonly #biases: Float32Array;
  readonly #globalMean: number;
  readonly #settings: BiasedMfSettings;
  readonly #trained: People | null;
  readonly #person = new LastPerson((taste) => this.#trainedOf(taste) ?? this.#foldIn(taste));

  /** @param trained of those whose number a taste tells, while they are being trained; never saved */
  constructor(
    q: Float32Array,
    biases: Float32Array,
    globalMean: number,
    settings: BiasedMfSettings,
    trained: People | null = null,
  ) {
    this.#q = q;
    this.#biases = biases;
    this.#trained = trained;
    this.#globalMean = globalMean;
    this.#settings = settings;
  }

  get items() {
    return this.#biases.length;
  }

  score(taste: Taste, out: Float32Array): void {
    const { p, bias } = this.#person.of(taste);
    const base = this.#globalMean + bias;
    for (let item = 0; item < out.length; item++)
      out[item] = base + (this.#biases[item] ?? 0) + dotRow(this.#q, item, p);
  }

  reasons(taste: Taste, item: number): ScoreReasons {
    const { p, bias } = this.#person.of(taste);
    const factors = this.#settings.factors;
    return exactReasons([
      { kind: 'bias', index: 0, amount: this.#globalMean },
      { kind: 'user', index: 0, amount: bias },
      { kind: 'item', index: item, amount: this.#biases[item] ?? 0 },
      ...Array.from(p, (value, index): ScorePart => ({
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
      settings: { ...this.#settings, globalMean: this.#globalMean },
      arrays: { q: this.#q, biases: this.#biases },
    };
  }

  #trainedOf({ user }: Taste): Person | null {
    if (!this.#trained || user === undefined) return null;
    const { factors } = this.#settings;
    const { p, biases } = this.#trained;
    return {
      p: Float64Array.from(p.subarray(user * factors, (user + 1) * factors)),
      bias: biases[user] ?? 0,
    };
  }

  #foldIn(taste: Taste): Person {
    const { factors, epochs, learningRate, regularization } = this.#settings;
    const p = new Float64Array(factors);
    let bias = 0;
    for (let epoch = 0; epoch < epochs; epoch++)
      for (let n = 0; n < taste.items.length; n++) {
        const item = taste.items[n] ?? 0;
        const known = this.#globalMean + bias + (this.#biases[item] ?? 0);
        const error = (taste.values[n] ?? 0) - known - dotRow(this.#q, item, p);
        bias += learningRate * (error - regularization * bias);
        const at = item * factors;
        for (let f = 0; f < factors; f++) {
          const value = p[f] ?? 0;
          p[f] = value + learningRate * (error * (this.#q[at + f] ?? 0) - regularization * value);
        }
      }
    return { p, bias };
  }
}

export const method: RecommenderMethod<BiasedMfSettings> = {
  id,
  defaults: { factors: 100, epochs: 20, learningRate: 0.005, regularization: 0.02 },
  /** Factors of both sides; those of items also as the best and the newest were; the order of events. */
  memory: ({ users, items, indices }, { factors }) =>
    4 * (factors + 1) * (users + 3 * items) + 8 * indices.length,
  async fit(interactions, settings, context) {
    requireEvents(interactions);
    requireWhole('factors', settings.factors, 1);
    requireWhole('epochs', settings.epochs, 1);
    requirePositive('learningRate', settings.learningRate);
    requireFrom('regularization', settings.regularization, 0);
    const random = new Random(context.seed, id);
    const beginning = await new Breaks(() => context.breathe({ done: 0 })).drive(
      beginFactors(interactions, settings.factors, { p: 0, q: initialDeviation }, random),
    );
    const descent = new Descent(interactions, settings, beginning);
    return fitByEpochs(descent, { method: id, epochs: settings.epochs, random }, context);
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
    return new BiasedMf(q, biases, reader.number('globalMean'), settings);
  },
};

class Descent implements Epochs {
  readonly #interactions: Interactions;
  readonly #settings: BiasedMfSettings;
  readonly #globalMean: number;
  readonly #p: Float32Array;
  readonly #q: Float32Array;
  readonly #userBiases: Float32Array;
  readonly #itemBiases: Float32Array;
  /** Events in the order of an epoch, and whose each is. [events] */
  readonly #order: Uint32Array;
  readonly #userOf: Uint32Array;

  constructor(interactions: Interactions, settings: BiasedMfSettings, beginning: FactorBeginning) {
    const { users, items, indices, values } = interactions;
    this.#interactions = interactions;
    this.#settings = settings;
    this.#globalMean = meanOf(values);
    this.#p = beginning.p;
    this.#q = beginning.q;
    this.#userBiases = new Float32Array(users);
    this.#itemBiases = new Float32Array(items);
    this.#order = new Uint32Array(indices.length);
    for (let event = 0; event < indices.length; event++) this.#order[event] = event;
    this.#userOf = beginning.userOf;
  }

  /** @returns the mean squared error of the epoch, each rating's before its step */
  async runEpoch(random: Random, breathe: (done: number) => Promise<void>): Promise<number> {
    const order = this.#order;
    await new Breaks(() => breathe(0)).drive(random.shuffleInParts(order));
    const pace = new Pace(breathe);
    let squares = 0;
    for (let start = 0; start < order.length; start += 1024) {
      const end = Math.min(start + 1024, order.length);
      for (let n = start; n < end; n++) squares += this.#step(order[n] ?? 0) ** 2;
      if (pace.isDue()) await pace.breathe(end / order.length);
    }
    return squares / order.length;
  }

  model(): BiasedMf {
    return new BiasedMf(
      this.#q.slice(),
      this.#itemBiases.slice(),
      this.#globalMean,
      this.#settings,
    );
  }

  measured(): BiasedMf {
    const trained = { p: this.#p, biases: this.#userBiases };
    const items = [this.#q, this.#itemBiases] as const;
    return new BiasedMf(...items, this.#globalMean, this.#settings, trained);
  }

  /** The order of the events too, since each epoch shuffles that of the one before. */
  save() {
    return {
      ...{ p: this.#p, q: this.#q },
      ...{ userBiases: this.#userBiases, itemBiases: this.#itemBiases, order: this.#order },
    };
  }

  restore(saved: SavedReader) {
    this.#p.set(saved.array('p', Float32Array, this.#p.length));
    this.#q.set(saved.array('q', Float32Array, this.#q.length));
    this.#userBiases.set(saved.array('userBiases', Float32Array, this.#userBiases.length));
    this.#itemBiases.set(saved.array('itemBiases', Float32Array, this.#itemBiases.length));
    this.#order.set(saved.array('order', Uint32Array, this.#order.length));
  }

  /** @returns the error */
  #step(event: number): number {
    const { factors, learningRate, regularization } = this.#settings;
    const p = this.#p;
    const q = this.#q;
    const user = this.#userOf[event] ?? 0;
    const item = this.#interactions.indices[event] ?? 0;
    const userBias = this.#userBiases[user] ?? 0;
    const itemBias = this.#itemBiases[item] ?? 0;
    const u = user * factors;
    const i = item * factors;
    let predicted = this.#globalMean + userBias + itemBias;
    for (let f = 0; f < factors; f++) predicted += (p[u + f] ?? 0) * (q[i + f] ?? 0);
    const error = (this.#interactions.values[event] ?? 0) - predicted;
    this.#userBiases[user] = userBias + learningRate * (error - regularization * userBias);
    this.#itemBiases[item] = itemBias + learningRate * (error - regularization * itemBias);
    for (let f = 0; f < factors; f++) {
      const pf = p[u + f] ?? 0;
      const qf = q[i + f] ?? 0;
      p[u + f] = pf + learningRate * (error * qf - regularization * pf);
      q[i + f] = qf + learningRate * (error * pf - regularization * qf);
    }
    return error;
  }
}
