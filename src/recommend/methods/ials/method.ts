/** iALS: factors of people and items from what happened and how often, everything else being weak evidence against. */
import { StudioError } from '../../../lib/errors.ts';
import { inRanges, type Parts } from '../../../lib/parts.ts';
import { Random } from '../../../lib/random.ts';
import { fitByEpochs, type Epochs } from '../../fit-by-epochs.ts';
import { drawNormals } from '../../begin-factors.ts';
import { Breaks } from '../../in-parts.ts';
import type { Interactions, Taste } from '../../interactions.ts';
import { LastPerson } from '../../last-person.ts';
import type { FactorSystem } from '../../linear-algebra/factor-system.ts';
import { dotRow, exactReasons, similarRows } from '../../linear-scores.ts';
import type {
  Recommender,
  RecommenderMethod,
  SavedRecommender,
  ScoreReasons,
} from '../../recommender.ts';
import { requireEvents, requireFrom, requirePositive, requireWhole } from '../../require.ts';
import { SavedReader } from '../../saved.ts';
import { transposeInParts } from '../../transpose.ts';
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
  readonly #person: LastPerson<{ x: Float64Array; system: FactorSystem | null }>;

  constructor(y: Float32Array, factors: number, confidence: Confidence) {
    this.#y = y;
    this.#factors = factors;
    this.#confidence = confidence;
    const solver = new RowSolver(factors, confidence);
    solver.setOther(y);
    this.#person = new LastPerson(({ items, values }) => solver.solve(y, items, values));
  }

  get items() {
    return this.#y.length / this.#factors;
  }

  score(taste: Taste, out: Float32Array): void {
    const { x } = this.#person.of(taste);
    for (let item = 0; item < out.length; item++) out[item] = dotRow(this.#y, item, x);
  }

  /** With A the person's matrix, a score is Σ over what they have of (1 + αr) y_itemᵀ A⁻¹ y. */
  reasons(taste: Taste, item: number): ScoreReasons {
    const { system } = this.#person.of(taste);
    if (!system) return exactReasons([]);
    const factors = this.#factors;
    const direction = Float64Array.from(this.#y.subarray(item * factors, (item + 1) * factors));
    system.solve(direction);
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
  async fit(interactions, settings, context) {
    check(interactions, settings);
    const breaks = new Breaks(() => context.breathe({ done: 0 }));
    await breaks.drive(checkValues(interactions.values));
    const byItem = await breaks.drive(transposeInParts(interactions));
    const random = new Random(context.seed, id);
    const y = await breaks.drive(drawNormals(interactions.items * settings.factors, 0.01, random));
    const sweeps = new Sweeps(interactions, byItem, settings, y);
    return fitByEpochs(sweeps, { method: id, epochs: settings.epochs, random }, context);
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

/** People's factors from items', and back. */
class Sweeps implements Epochs {
  readonly #byUser: Interactions;
  readonly #byItem: Interactions;
  readonly #settings: IalsSettings;
  readonly #solver: RowSolver;
  /** [users, factors] and [items, factors] */
  readonly #x: Float32Array;
  readonly #y: Float32Array;

  constructor(byUser: Interactions, byItem: Interactions, settings: IalsSettings, y: Float32Array) {
    const { factors } = settings;
    this.#byUser = byUser;
    this.#byItem = byItem;
    this.#settings = settings;
    this.#solver = new RowSolver(factors, settings);
    this.#x = new Float32Array(byUser.users * factors);
    this.#y = y;
  }

  /** @returns the objective */
  async runEpoch(_random: Random, told: (done: number) => Promise<void>): Promise<number> {
    const { factors } = this.#settings;
    const [x, y, solver] = [this.#x, this.#y, this.#solver];
    await solveSide(this.#byUser, y, x, solver, (done) => told(done / 2));
    await solveSide(this.#byItem, x, y, solver, (done) => told((1 + done) / 2));
    return objective(this.#byUser, x, y, factors, this.#settings, () => told(1));
  }

  model(): Ials {
    const { factors, alpha, regularization } = this.#settings;
    return new Ials(this.#y.slice(), factors, { alpha, regularization });
  }

  /** People's factors are solved from items' first of all. */
  save() {
    return { y: this.#y };
  }

  restore(saved: SavedReader) {
    this.#y.set(saved.array('y', Float32Array, this.#y.length));
  }
}

function check(interactions: Interactions, settings: IalsSettings) {
  requireEvents(interactions);
  requireWhole('factors', settings.factors, 1);
  requireWhole('epochs', settings.epochs, 1);
  requireFrom('alpha', settings.alpha, 0);
  requirePositive('regularization', settings.regularization);
}

/** @throws StudioError `bad-config` */
function* checkValues(values: Float32Array): Parts<void> {
  yield* inRanges(values.length, (from, to) => {
    const negative = values.subarray(from, to).find((value) => value < 0);
    if (negative === undefined) return;
    throw new StudioError(
      'bad-config',
      `ials counts how often something happened, and ${negative} is less than never: use biased-mf`,
    );
  });
}
