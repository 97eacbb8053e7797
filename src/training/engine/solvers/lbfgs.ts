/** Limited-memory BFGS (Nocedal and Wright, algorithm 7.5) with a weak-Wolfe line search. */
import type { Parts } from '../../../lib/parts.ts';

/** The value at `x`; writes the gradient into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => Parts<number>;

export interface LbfgsState {
  iteration: number;
  value: number;
  x: Float64Array;
  /** Largest component of the gradient. */
  gradientNorm: number;
}

const memory = 10;

/**
 * Yields after every iteration, and null between two parts of one; ends when the gradient's largest component is below `tolerance`, or no
 * step goes down.
 */
export function* minimise(
  objective: Objective,
  start: Float64Array,
  tolerance: number,
): Generator<LbfgsState | null, void, undefined> {
  let x: Float64Array = start.slice();
  let gradient: Float64Array = new Float64Array(x.length);
  let value = yield* quietly(objective(x, gradient));
  const steps: Pair[] = [];
  for (let iteration = 1; ; iteration++) {
    if (maxAbs(gradient) <= tolerance) return;
    const direction = descent(gradient, steps);
    const slope = dot(direction, gradient);
    const first = steps.length === 0 ? Math.min(1, 1 / norm1(gradient)) : 1;
    const found = yield* lineSearch(objective, { x, value, slope, direction }, first);
    if (!found) return;
    const s = subtract(found.x, x);
    const y = subtract(found.gradient, gradient);
    const curvature = dot(s, y);
    if (curvature > 1e-10 * dot(y, y)) steps.push({ s, y, rho: 1 / curvature });
    if (steps.length > memory) steps.shift();
    const relative = Math.abs(value - found.value) / Math.max(Math.abs(value), 1);
    ({ x, value, gradient } = found);
    yield { iteration, value, x, gradientNorm: maxAbs(gradient) };
    if (relative < 1e-15) return;
  }
}

/** How much of it is done is of no interest. */
function* quietly<T>(work: Parts<T>): Generator<null, T, undefined> {
  for (;;) {
    const part = work.next();
    if (part.done) return part.value;
    yield null;
  }
}

interface Pair {
  s: Float64Array;
  y: Float64Array;
  rho: number;
}

/** −H g by the two-loop recursion. */
function descent(gradient: Float64Array, steps: readonly Pair[]): Float64Array {
  const q = gradient.slice();
  const alphas = new Float64Array(steps.length);
  for (let i = steps.length - 1; i >= 0; i--) {
    const pair = steps[i];
    if (!pair) continue;
    const alpha = pair.rho * dot(pair.s, q);
    alphas[i] = alpha;
    addScaled(q, pair.y, -alpha);
  }
  const last = steps.at(-1);
  if (last) scale(q, dot(last.s, last.y) / dot(last.y, last.y));
  steps.forEach((pair, i) => {
    const beta = pair.rho * dot(pair.y, q);
    addScaled(q, pair.s, (alphas[i] ?? 0) - beta);
  });
  return scale(q, -1);
}

interface Line {
  x: Float64Array;
  value: number;
  slope: number;
  direction: Float64Array;
}

interface Point {
  x: Float64Array;
  value: number;
  gradient: Float64Array;
}

const sufficientDecrease = 1e-4;
const curvature = 0.9;

/** Bisection towards a step that goes down enough and no longer falls steeply (Lewis and Overton 2013). */
function* lineSearch(
  objective: Objective,
  line: Line,
  first: number,
): Generator<null, Point | null, undefined> {
  let low = 0;
  let high = Infinity;
  let best: Point | null = null;
  let step = first;
  for (let tries = 0; tries < 50; tries++) {
    const x = line.x.slice();
    addScaled(x, line.direction, step);
    const gradient = new Float64Array(x.length);
    const value = yield* quietly(objective(x, gradient));
    if (!(value <= line.value + sufficientDecrease * step * line.slope)) high = step;
    else {
      best = { x, value, gradient };
      if (dot(gradient, line.direction) >= curvature * line.slope) return best;
      low = step;
    }
    step = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return best;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function addScaled(a: Float64Array, b: Float64Array, factor: number) {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] ?? 0) + factor * (b[i] ?? 0);
}

function scale(a: Float64Array, factor: number): Float64Array {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] ?? 0) * factor;
  return a;
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - (b[i] ?? 0));
}

function maxAbs(a: Float64Array): number {
  return a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function norm1(a: Float64Array): number {
  return a.reduce((sum, value) => sum + Math.abs(value), 0);
}
