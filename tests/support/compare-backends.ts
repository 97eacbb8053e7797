/** An operation and its gradients on one backend beside another's. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import type { Backend } from '../../src/training/run.ts';

export interface Operation {
  /** Shapes of what is drawn for it, and differentiated by. */
  shapes: number[][];
  run: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** False for what tfjs has no gradient of. */
  isDifferentiable?: boolean;
}

interface Computed {
  shape: number[];
  output: Float32Array;
  gradients: Float32Array[];
  /** Of the forward pass. */
  kernels: string[];
}

/** Tensors; what the backend keeps, also what tfjs knows of no tensor for; and its memory, where it has one. */
export function held() {
  const backend = tf.backend() as tf.KernelBackend & { wasm?: { HEAPU8: Uint8Array } }; // tfjs-core knows no backend's own
  return {
    tensors: tf.memory().numTensors,
    data: backend.numDataIds(),
    bytes: backend.wasm?.HEAPU8.length,
  };
}

/** The numbers that an operation is compared on, from below and above 0. */
export function draw(count: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

/** Outputs, and gradients of Σ c · output for some c. */
export async function compute(
  backend: Backend,
  { shapes, run, isDifferentiable = true }: Operation,
): Promise<Computed> {
  await startBackend(backend);
  const before = held();
  const inputs = shapes.map((shape, i) =>
    tf.tensor(draw(tf.util.sizeFromShape(shape), i + 1), shape),
  );
  let output: tf.Tensor = tf.scalar(0);
  const { kernelNames } = await tf.profile(() => {
    output.dispose();
    return (output = tf.tidy(() => run(...inputs)));
  });
  const weights = tf.tensor(draw(output.size, 99), output.shape);
  const gradients = isDifferentiable
    ? tf.tidy(() =>
        tf.grads((...given: tf.Tensor[]) => tf.sum(tf.mul(run(...given), weights)))(inputs),
      )
    : [];
  const computed = {
    shape: output.shape,
    kernels: kernelNames,
    output: Float32Array.from(await output.data()),
    gradients: await Promise.all(gradients.map(async (one) => Float32Array.from(await one.data()))),
  };
  tf.dispose([...inputs, output, weights, ...gradients]);
  const { bytes } = before; // a first call may need more
  expect({ ...held(), bytes }, `left on ${backend}`).toEqual(before);
  return computed;
}

/** What sums are rounded by that cancel: 1e-4 of it is some ulps of the numbers around 1 that they are made of. */
const leastSize = 0.01;

/** Largest difference, relative to the largest number. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  const largest = Array.from(b).reduce((most, x) => Math.max(most, Math.abs(x)), leastSize);
  const worst = Array.from(a).reduce((most, x, i) => {
    const off = Math.abs(x - (b[i] ?? NaN));
    return Number.isNaN(off) ? Infinity : Math.max(most, off);
  }, 0);
  return worst / largest;
}

/** Central differences of Σ c · output on one backend, for some numbers of each input. @returns worst deviation, relative above 1 */
export async function slopeError(backend: Backend, { shapes, run }: Operation): Promise<number> {
  const { gradients } = await compute(backend, { shapes, run });
  const values = shapes.map((shape, i) => draw(tf.util.sizeFromShape(shape), i + 1));
  const lossOf = async () => {
    const output = tf.tidy(() => run(...values.map((own, i) => tf.tensor(own, shapes[i] ?? []))));
    const weights = draw(output.size, 99);
    const numbers = await output.data<'float32'>();
    output.dispose();
    return numbers.reduce((sum, x, i) => sum + x * (weights[i] ?? 0), 0);
  };
  const step = 1e-2;
  let worst = 0;
  for (const [i, own] of values.entries())
    for (let k = 0; k < own.length; k += Math.ceil(own.length / 6)) {
      const middle = own[k] ?? 0;
      own[k] = middle + step;
      const above = await lossOf();
      own[k] = middle - step;
      const below = await lossOf();
      own[k] = middle;
      const slope = (above - below) / (2 * step);
      const off = Math.abs(slope - (gradients[i]?.[k] ?? NaN));
      worst = Math.max(worst, off / (1 + Math.abs(slope)));
    }
  return worst;
}
