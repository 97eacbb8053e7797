/** The page of the benchmark of operations: each by tfjs's own kernel and by ours, in turn. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import { startBackend } from '../../../src/training/engine/backend.ts';

type Backend = 'wasm' | 'webgpu';

interface Operation {
  kernel: string;
  /** Shapes of its inputs. */
  inputs: Record<string, number[]>;
  attributes: object;
}

export interface Timed {
  operation: string;
  /** Milliseconds a call, a round each; null where tfjs has no such kernel on that backend. */
  stock: number[] | null;
  own: number[];
  /** The largest difference of their outputs, relative to the largest number. */
  difference: number | null;
}

export interface Options {
  backend: Backend;
  rounds: number;
  /** Of a measurement. */
  ms: number;
}

const batch = 32;
const image = [batch, 28, 28, 16];
const wide = [batch, 28, 28, 32];
const pooled = [batch, 14, 14, 16];
const filter = [3, 3, 16, 32];
const each = [3, 3, 16, 1];
const same = {
  ...{ strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] },
  dimRoundingMode: undefined,
};
const pool = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
const plain = { transposeA: false, transposeB: false };

const operations: Operation[] = [
  { kernel: 'BatchMatMul', inputs: { a: [128, 784], b: [784, 128] }, attributes: plain },
  {
    ...{ kernel: 'BatchMatMul', inputs: { a: [128, 784], b: [128, 128] } },
    attributes: { ...plain, transposeA: true },
  },
  { kernel: 'Conv2D', inputs: { x: image, filter }, attributes: same },
  {
    ...{ kernel: 'Conv2DBackpropFilter', inputs: { x: image, dy: wide } },
    attributes: { ...same, filterShape: filter },
  },
  {
    ...{ kernel: 'Conv2DBackpropInput', inputs: { dy: wide, filter } },
    attributes: { ...same, inputShape: image },
  },
  { kernel: 'DepthwiseConv2dNative', inputs: { x: image, filter: each }, attributes: same },
  {
    ...{ kernel: 'DepthwiseConv2dNativeBackpropFilter', inputs: { x: image, dy: image } },
    attributes: { ...same, filterShape: each },
  },
  {
    ...{ kernel: 'DepthwiseConv2dNativeBackpropInput', inputs: { dy: image, filter: each } },
    attributes: { ...same, inputShape: image },
  },
  { kernel: 'MaxPool', inputs: { x: image }, attributes: pool },
  {
    ...{ kernel: 'MaxPoolGrad', inputs: { dy: pooled, input: image, output: pooled } },
    attributes: pool,
  },
  { kernel: 'AvgPoolGrad', inputs: { dy: pooled, input: image }, attributes: pool },
];

/** Before ours take their places. */
const stockKernels = new Map(
  (['wasm', 'webgpu'] as const).flatMap((backend) =>
    operations.map(({ kernel }) => [`${backend} ${kernel}`, kernelOf(kernel, backend)] as const),
  ),
);

/** tfjs's types promise one for every name. */
function kernelOf(name: string, backend: Backend): tf.KernelConfig | undefined {
  return tf.getKernel(name, backend);
}

async function timeOperations({ backend, rounds, ms }: Options): Promise<Timed[]> {
  await startBackend(backend);
  const timed: Timed[] = [];
  for (const operation of operations) timed.push(await timeOne(operation, backend, rounds, ms));
  return timed;
}

async function timeOne(
  { kernel, inputs: shapes, attributes }: Operation,
  backend: Backend,
  rounds: number,
  ms: number,
): Promise<Timed> {
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [
      name,
      tf.randomUniform(shape, -1, 1, 'float32', i + 1),
    ]),
  );
  const callOf = (config: tf.KernelConfig) => () => {
    const given = { inputs, attrs: { ...attributes }, backend: tf.backend() };
    return [config.kernelFunc(given)].flat()[0] as tf.TensorInfo; // each here has one output
  };
  const own = kernelOf(kernel, backend);
  const stock = stockKernels.get(`${backend} ${kernel}`);
  if (!own) throw new Error(`no kernel ${kernel} on ${backend}`);
  const calls = { own: callOf(own), stock: stock ? callOf(stock) : null };
  const result: Timed = {
    operation: `${kernel}${'transposeA' in attributes && attributes.transposeA ? ', transposed' : ''}`,
    ...{ stock: calls.stock ? [] : null, own: [] },
    difference: calls.stock && difference(await outputOf(calls.own), await outputOf(calls.stock)),
  };
  for (let round = 0; round < rounds; round++) {
    if (calls.stock) result.stock?.push(await time(calls.stock, ms));
    result.own.push(await time(calls.own, ms));
  }
  tf.dispose(inputs);
  return result;
}

/** @returns milliseconds of a call, once all are done */
async function time(call: () => tf.TensorInfo, ms: number): Promise<number> {
  const start = performance.now();
  let calls = 0;
  // As many as a tenth of the time allows, before it is seen to that they are done.
  for (let some = 1; performance.now() - start < ms; some = nextCount(some, start, ms)) {
    let last = call();
    for (let i = 1; i < some; i++) {
      tf.backend().disposeData(last.dataId);
      last = call();
    }
    await tf.backend().read(last.dataId);
    tf.backend().disposeData(last.dataId);
    calls += some;
  }
  return (performance.now() - start) / calls;
}

const nextCount = (some: number, start: number, ms: number) =>
  performance.now() - start < ms / 10 ? 2 * some : some;

async function outputOf(call: () => tf.TensorInfo): Promise<Float32Array> {
  const { dataId } = call();
  const values = Float32Array.from((await tf.backend().read(dataId)) as Float32Array); // of numbers
  tf.backend().disposeData(dataId);
  return values;
}

function difference(a: Float32Array, b: Float32Array): number {
  const largest = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0) / largest;
}

declare global {
  interface Window {
    timeOperations: typeof timeOperations;
  }
}
window.timeOperations = timeOperations;
