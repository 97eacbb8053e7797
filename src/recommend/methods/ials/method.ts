/** iALS: factors of people and items from what happened and how often, everything else being weak evidence against. */
import { StudioError } from '../../../lib/errors.ts';
import { Random } from '../../../lib/random.ts';
import type { Interactions, Taste } from '../../interactions.ts';
import { dotRow, exactReasons, similarRows } from '../../linear-scores.ts';
import type {
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents, requireFrom, requirePositive, requireWhole } from '../../require.ts';
import { SavedReader } from '../../saved.ts';
import { transposeBreathing } from '../../transpose.ts';
import { objective, RowSolver, solveSide, type Confidence } from './factorise.ts';

const id = 'ials';

export interface IalsSettings extends Confidence {
  factors: number;
  /** Sweeps over people and items. */
  epochs: number;
}

/** Everyone is scored by factors solved from what they have; those of training are not kept. */
class Ials implements Recommender {
  readonly predictsValues = false;
  /** [items, factors] */
  readonly #y: Float32Array;
  readonly #factors: number;
  readonly #confidence: Confidence;
  readonly #solver: RowSolver;

  constructor(y: Float32Array, factors: number, confidence: Confidence) {
    this.#y = y;
    this.#factors = factors;
    this.#confidence = confidence;
    this.#solver = new RowSolver(factors, confidence);
    this.#solver.setOther(y);
  }

  get items() {
    return this.#y.length / this.#factors;
  }

  score(taste: Taste, out: Float32Array): void {
    const person = this.#solver.solve(this.#y, taste.items, taste.values);
    for (let item = 0; item < out.length; item++) out[item] = dotRow(this.#y, item, person);
  }

  /** With A the person's matrix, a score is Σ over what they have of (1 + αr) y_itemᵀ A⁻¹ y. */
  reasons(taste: Taste, item: number): ScoreReasons {
    if (taste.items.length === 0) return exactReasons([]);
    const factors = this.#factors;
    const direction = Float64Array.from(this.#y.subarray(item * factors, (item + 1) * factors));
    this.#solver.prepare(this.#y, taste.items, taste.values).solve(direction);
    return exactReasons(
      Array.from(taste.items, (index, n) => ({
        kind: 'item',
        index,
        amount:
          (1 + this.#confidence.alpha * (taste.values[n] ?? 0)) * dotRow(this.#y, index, direction),
      })),
    );
  }

  /** Cosine of factors. */
  similar(item: number, count: number) {
    return similarRows(this.#y, this.#factors, item, count);
  }

  vectors() {
    return { values: this.#y, width: this.#factors };
  }

  save(): SavedRecommender {
    return {
      method: id,
      settings: { factors: this.#factors, ...this.#confidence },
      arrays: { y: this.#y },
    };
  }
}

export const method: RecommenderMethod<IalsSettings> = {
  id,
  defaults: { factors: 32, alpha: 1, regularization: 10, epochs: 15 },
  /** Factors of both sides, those of items also as the best and the newest were, and the events by item. */
  memory: ({ users, items, indices }, { factors }) =>
    4 * factors * (users + 3 * items) + 8 * indices.length,
  async fit(interactions, settings, { seed, ...context }) {
    check(interactions, settings);
    const { factors, alpha, regularization, epochs } = settings;
    const confidence = { alpha, regularization };
    const byItem = await transposeBreathing(interactions, () => context.breathe({ done: 0 }));
    const random = new Random(seed, id);
    const x = new Float32Array(interactions.users * factors);
    const y = Float32Array.from(
      { length: interactions.items * factors },
      () => 0.01 * random.normal(),
    );
    const solver = new RowSolver(factors, confidence);
    let loss: number | undefined;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const breathe = (sweep: number) =>
        context.breathe({
          done: (epoch - 1 + sweep) / epochs,
          epoch,
          ...(loss === undefined ? {} : { loss }),
        });
      await solveSide(interactions, y, x, solver, (done) => breathe(done / 2));
      await solveSide(byItem, x, y, solver, (done) => breathe((1 + done) / 2));
      loss = await objective(interactions, x, y, factors, confidence, () => breathe(1));
      await breathe(1);
      await context.onEpoch?.(epoch, new Ials(y.slice(), factors, confidence));
    }
    return new Ials(y, factors, confidence);
  },
  open(saved) {
    const reader = new SavedReader(saved, id);
    const factors = reader.number('factors');
    return new Ials(reader.array('y', Float32Array), factors, {
      alpha: reader.number('alpha'),
      regularization: reader.number('regularization'),
    });
  },
};

function check(interactions: Interactions, settings: IalsSettings) {
  requireEvents(interactions);
  requireWhole('factors', settings.factors, 1);
  requireWhole('epochs', settings.epochs, 1);
  requireFrom('alpha', settings.alpha, 0);
  requirePositive('regularization', settings.regularization);
  const negative = interactions.values.find((value) => value < 0);
  if (negative !== undefined)
    throw new StudioError(
      'bad-config',
      `ials counts how often something happened, and ${negative} is less than never: use biased-mf`,
    );
}
