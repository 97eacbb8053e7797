/**
 * Gradients of kernels beside differences of the same kernels' forward passes, wherever these compute. Nothing here
 * knows a reference: what is checked is that the way back is that of the way there.
 */
import { Random } from '../../src/lib/random.ts';
import type { Workspace } from '../../src/training/engine/kernels/workspace.ts';

type Floats = Float32Array<ArrayBuffer>;

/** Where kernels compute. Calls are done in the order in which they come. */
export interface Machine {
  workspace: Workspace;
  /** When all is laid out. @param rehearse calls what will be called */
  build(rehearse: () => void): Promise<void>;
  write(at: number, values: Floats): void;
  /** @param lossAt where a loss goes that is given; 0 for none */
  run(calls: () => unknown, lossAt: number): void;
  /** Copies. */
  read(ranges: readonly { at: number; count: number }[]): Promise<Float32Array[]>;
}

/** A function of several arrays, laid out in a workspace, that gives Σ c · output. Places are in bytes. */
export interface Differentiable {
  inputs: Input[];
  /** What every way there and back finds in memory. */
  constants: { at: number; values: Floats }[];
  output: { at: number; count: number };
  /** c */
  weights: Floats;
  /** Where the ways back find c; 0 for losses, whose way there leaves the gradient. */
  slope: number;
  /** Ways to compute the same. */
  ways: { forward: () => unknown; backward?: () => void }[];
}

interface Input {
  name: string;
  at: number;
  values: Floats;
  /** How many of its numbers one sum is made with: a step in all of them goes as far as one in one. */
  terms: number;
  /** Where each way leaves the gradient; `before` is there before it, and is added to. */
  gradients: { at: number; before?: Floats }[];
}

/**
 * By differences of fourth order, (8 (f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h, whose error is h⁴ f⁽⁵⁾ / 30: about
 * 1e-6 here. So h can be so large that float32's rounding, some 1e-7 of an output, weighs little: about 1e-5 of the
 * slope once it is divided by h. A power of two adds no rounding of its own.
 */
const longestStep = 2 ** -5;
/** Random directions of all numbers of an input at once: a sign each. */
const directions = 2;

/**
 * Three times the worst that rounding makes of it: a loss is one float32 sum over hundreds of rows, all else is below
 * 2e-4. A gradient that is 1 % off is found (unit/slopes.test.ts).
 */
export const slopeTolerance = 1e-3;

interface Slope {
  name: string;
  /** The norm of the gradient, which a slope in a direction of signs has on average (squared). */
  norm: number;
  /** Largest difference between the gradient and the slope in a direction, relative to the norm. */
  error: number;
}

/** Of each input by each way. @param layOut is given the machine's workspace @throws Error for what has none */
export async function slopesOf(
  machine: Machine,
  layOut: (workspace: Workspace) => Differentiable,
): Promise<Slope[]> {
  const laid = layOut(machine.workspace);
  machine.workspace.placeScratch();
  await machine.build(() => {
    for (const { forward, backward } of laid.ways) {
      forward();
      backward?.();
    }
  });
  for (const { at, values } of [...laid.constants, ...laid.inputs]) machine.write(at, values);
  const ofWays = await Promise.all(laid.ways.map((_, way) => gradientsBy(machine, laid, way)));
  const random = new Random(17);
  const differences = laid.inputs.map((input) =>
    Array.from({ length: directions }, async () => {
      const signs = input.values.map(() => (random.integer(2) === 0 ? -1 : 1));
      return { signs, difference: await slopeAlong(machine, laid, input, signs) };
    }),
  );
  const slopes: Slope[] = [];
  for (const [k, { name }] of laid.inputs.entries()) {
    const found = await Promise.all(differences[k] ?? []);
    for (const gradients of ofWays) {
      const gradient = gradients[k] ?? [];
      const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
      const errors = found.map(({ signs, difference }) => {
        const slope = gradient.reduce((sum, g, i) => sum + g * (signs[i] ?? 0), 0);
        return Math.abs(slope - difference) / norm;
      });
      slopes.push({ name, norm, error: Math.max(...errors) });
    }
  }
  return slopes;
}

/** What one of the ways leaves, an array an input. */
async function gradientsBy(
  machine: Machine,
  { ways, inputs, weights, slope, output }: Differentiable,
  way: number,
): Promise<number[][]> {
  const { forward, backward } = ways[way] ?? {};
  if (!forward) throw new Error(`there is no way ${way}`);
  if (slope !== 0) machine.write(slope, weights);
  const places = inputs.map(({ gradients, values }) => {
    const { at = 0, before = null } = gradients[way] ?? {};
    if (before) machine.write(at, before);
    return { at, count: values.length, before };
  });
  machine.run(
    () => {
      const loss = forward();
      backward?.();
      return loss;
    },
    slope === 0 ? output.at : 0,
  );
  const found = await machine.read(places);
  return found.map((values, i) => Array.from(values, (g, k) => g - (places[i]?.before?.[k] ?? 0)));
}

/** By differences. */
async function slopeAlong(
  machine: Machine,
  { ways, output, slope, weights }: Differentiable,
  { at, values, terms }: Input,
  signs: Float32Array,
): Promise<number> {
  const step = longestStep / 2 ** Math.ceil(Math.log2(terms) / 2);
  const reads = [1, -1, 2, -2].map((times) => {
    const moved = values.map((x, i) => x + times * step * (signs[i] ?? 0));
    machine.write(at, moved);
    machine.run(() => ways[0]?.forward(), slope === 0 ? output.at : 0);
    return machine.read([output]);
  });
  machine.write(at, values);
  const outputs = (await Promise.all(reads)).flat();
  return fourthOrder(outputs, weights) / step;
}

/** Of Σ weight · output, in float64, times the step. */
function fourthOrder(outputs: readonly Float32Array[], weights: Float32Array): number {
  const [above, below, farAbove, farBelow] = outputs;
  if (!above || !below || !farAbove || !farBelow) throw new Error('four points are needed');
  let sum = 0;
  weights.forEach((weight, i) => {
    const near = (above[i] ?? NaN) - (below[i] ?? NaN);
    const far = (farAbove[i] ?? NaN) - (farBelow[i] ?? NaN);
    sum += weight * (8 * near - far);
  });
  return sum / 12;
}
