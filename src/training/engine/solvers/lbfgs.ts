/** Limited-memory BFGS (Nocedal and Wright, algorithm 7.5) with a weak-Wolfe line search. */
import type { Parts } from '../../../lib/parts.ts';

/** The value at `x`; writes the gradient into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => Parts<number>;

/** Where it stands after an iteration: what is needed to go on to the same end. */
export interface LbfgsState {
  /** From 1. */
  iteration: number;
  x: Float64Array;
  value: number;
  gradient: Float64Array;
  /** The last steps and how the gradient changed by them, oldest first. */
  pairs: readonly Pair[];
  /** Whether the value no longer changes. */
  isSettled: boolean;
}

interface Pair {
  s: Float64Array;
  y: Float64Array;
}

const memory = 10;

/**
 * Yields after every iteration, and null between two parts of one; ends when the gradient's largest component is below
 * `tolerance`, or no step goes down.
 * @param from where it begins, or where it stood
 */
export function* minimise(
  objective: Objective,
  from: Float64Array | LbfgsState,
  tolerance: number,
): Generator<LbfgsState | null, void, undefined> {
  let state = from instanceof Float64Array ? yield* stateAt(objective, from) : from;
  while (!state.isSettled && maxAbs(state.gradient) > tolerance) {
    const { x, value, gradient, pairs } = state;
    const direction = descent(gradient, pairs);
    const slope = dot(direction, gradient);
    const first = pairs.length === 0 ? Math.min(1, 1 / norm1(gradient)) : 1;
    const found = yield* lineSearch(objective, { x, value, slope, direction }, first);
    if (!found) return;
    const pair = { s: subtract(found.x, x), y: subtract(found.gradient, gradient) };
    const isCurved = dot(pair.s, pair.y) > 1e-10 * dot(pair.y, pair.y);
    state = {
      ...found,
      iteration: state.iteration + 1,
      pairs: isCurved ? [...pairs, pair].slice(-memory) : pairs,
      isSettled: Math.abs(value - found.value) < 1e-15 * Math.max(Math.abs(value), 1),
    };
    yield state;
  }
}

function* stateAt(
  objective: Objective,
  start: Float64Array,
): Generator<null, LbfgsState, undefined> {
  const x = start.slice();
  const gradient = new Float64Array(x.length);
  const value = yield* quietly(objective(x, gradient));
  return { iteration: 0, x, value, gradient, pairs: [], isSettled: false };
}

/** How much of it is done is of no interest. */
function* quietly<T>(work: Parts<T>): Generator<null, T, undefined> {
  for (;;) {
    const part = work.next();
    if (part.done) return part.value;
    yield null;
  }
}

/** −H g by the two-loop recursion. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.slice();
  const curved = pairs.map(({ s, y }) => ({ s, y, rho: 1 / dot(s, y) }));
  const alphas = curved.toReversed().map(({ s, y, rho }) => {
    const alpha = rho * dot(s, q);
    addScaled(q, y, -alpha);
    return alpha;
  });
  const last = pairs.at(-1);
  if (last) scale(q, dot(last.s, last.y) / dot(last.y, last.y));
  for (const { s, y, rho } of curved) addScaled(q, s, (alphas.pop() ?? 0) - rho * dot(y, q));
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
