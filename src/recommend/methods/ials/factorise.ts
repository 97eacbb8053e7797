/** Alternating least squares for events without ratings (Hu, Koren & Volinsky, ICDM 2008). */
import type { Interactions } from '../../interactions.ts';
import type { Parts } from '../../../lib/parts.ts';
import { Breaks } from '../../in-parts.ts';
import { FactorSystem } from '../../linear-algebra/factor-system.ts';
import { Pace } from '../../pace.ts';

export interface Confidence {
  /** What happened r times counts 1 + αr, what did not 1. */
  alpha: number;
  /** λ on every squared factor. */
  regularization: number;
}

/** The best factors of one row, the other side's being what they are. */
export class RowSolver {
  readonly #confidence: Confidence;
  readonly #all: FactorSystem;
  readonly #own: FactorSystem;
  readonly #x: Float64Array;

  constructor(factors: number, confidence: Confidence) {
    this.#confidence = confidence;
    this.#all = new FactorSystem(factors);
    this.#own = new FactorSystem(factors);
    this.#x = new Float64Array(factors);
  }

  /** Takes the other side as it stands. @param y [rows, factors] */
  setOther(y: Float32Array) {
    this.#all.setGram(y, null, null, 1);
  }

  /** The same for millions of rows while others want to be heard. */
  setOtherInParts(y: Float32Array): Parts<void> {
    return this.#all.gramInParts(y);
  }

  /** (YᵀY + Σ αr y yᵀ + λI) of these events, factored. */
  #prepare(y: Float32Array, indices: Uint32Array, values: Float32Array): FactorSystem {
    this.#own.setGram(y, indices, values, this.#confidence.alpha);
    this.#own.add(this.#all, this.#confidence.regularization);
    this.#own.factor();
    return this.#own;
  }

  /**
   * Valid until the next call.
   * @returns the factors, and the system that they solve, factored; null without events, of whom all are 0
   */
  solve(
    y: Float32Array,
    indices: Uint32Array,
    values: Float32Array,
  ): { x: Float64Array; system: FactorSystem | null } {
    const x = this.#x.fill(0);
    if (indices.length === 0) return { x, system: null };
    const system = this.#prepare(y, indices, values);
    const { factors } = system;
    for (let n = 0; n < indices.length; n++) {
      const at = (indices[n] ?? 0) * factors;
      const confidence = 1 + this.#confidence.alpha * (values[n] ?? 0);
      for (let f = 0; f < factors; f++) x[f] = (x[f] ?? 0) + confidence * (y[at + f] ?? 0);
    }
    system.solve(x);
    return { x, system };
  }

  /** The objective's part of all pairs, as if none had happened: Σ (x · y)² over the other side. */
  squaresOfAll(x: Float32Array, offset: number): number {
    return this.#all.quadratic(x, offset);
  }
}

/** Every row of `out` becomes the best for `y`. @param rows the events by the side of `out` */
export async function solveSide(
  rows: Interactions,
  y: Float32Array,
  out: Float32Array,
  solver: RowSolver,
  breathe: (done: number) => Promise<void>,
): Promise<void> {
  const { users, starts, indices, values } = rows;
  const factors = out.length / users;
  await new Breaks(() => breathe(0)).drive(solver.setOtherInParts(y));
  const pace = new Pace(breathe);
  for (let row = 0; row < users; row++) {
    const from = starts[row] ?? 0;
    const to = starts[row + 1] ?? from;
    const { x } = solver.solve(y, indices.subarray(from, to), values.subarray(from, to));
    out.set(x, row * factors);
    if (pace.isDue()) await pace.breathe(row / users);
  }
}

/** Σ over all pairs of (1 + αr)(p − x · y)² + λ(‖X‖² + ‖Y‖²), p being 1 where something happened and else 0. */
export async function objective(
  rows: Interactions,
  x: Float32Array,
  y: Float32Array,
  factors: number,
  confidence: Confidence,
  breathe: () => Promise<void>,
): Promise<number> {
  const pace = new Pace(breathe);
  const solver = new RowSolver(factors, confidence);
  await new Breaks(breathe).drive(solver.setOtherInParts(y));
  let sum = confidence.regularization * (sumOfSquares(x) + sumOfSquares(y));
  for (let row = 0; row < rows.users; row++) {
    if (pace.isDue()) await pace.breathe(undefined);
    sum += solver.squaresOfAll(x, row * factors);
    const to = rows.starts[row + 1] ?? 0;
    for (let event = rows.starts[row] ?? 0; event < to; event++) {
      const at = (rows.indices[event] ?? 0) * factors;
      let score = 0;
      for (let f = 0; f < factors; f++) score += (x[row * factors + f] ?? 0) * (y[at + f] ?? 0);
      const weight = 1 + confidence.alpha * (rows.values[event] ?? 0);
      sum += weight * (1 - score) ** 2 - score ** 2;
    }
  }
  return sum;
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
