import fc from 'fast-check';
import { beforeAll, expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { openGpu } from '../../src/training/engine/kernels/webgpu/device.ts';
import { createWebGpuForward } from '../../src/training/engine/kernels/webgpu/forward.ts';
import { createWebGpuSteps } from '../../src/training/engine/kernels/webgpu/steps.ts';
import { GpuWorkspace } from '../../src/training/engine/kernels/webgpu/workspace.ts';
import { outputsOn } from '../../src/training/engine/predict.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { examples, type Example } from '../support/any-layer.ts';
import { expectTrainedAlike, objectives } from '../support/any-objective.ts';
import { expectAlike, gradients, networkOf } from '../support/network-gradients.ts';
import { cases, dataOf, everyRow, specOf } from '../support/tiny-network.ts';
import { farthest, train } from '../support/train-tiny.ts';

beforeAll(() => startBackend('cpu'));

async function planned(job: StepJob): Promise<StepRunner> {
  const runner = await createWebGpuSteps(job);
  if (!runner) throw new Error('it is not planned');
  return runner;
}

test.each(cases)('$name: a step on WebGPU does what tfjs does', async (example) => {
  const expected = await train(example, createTensorSteps);
  const found = await train(example, planned);
  expect(found.steps).toBe(expected.steps);
  expect(farthest(found.losses, expected.losses), 'losses').toBeLessThan(2e-5);
  expect(farthest(found.weights, expected.weights), 'weights').toBeLessThan(2e-5);
  expect(found.slots.length).toBe(expected.slots.length);
  found.slots.forEach((slot, i) => {
    expect(farthest(slot, expected.slots[i] ?? []), `slot ${i}`).toBeLessThan(2e-5);
  });
});

test.each(cases)('$name: WebGPU answers what tfjs answers', async (example) => {
  const network = buildNetwork(specOf(example), 3);
  const { features, width } = dataOf(example);
  const expected = await outputsOn(network, features, width, everyRow);
  const forward = await createWebGpuForward(network.spec);
  if (!forward) throw new Error('it is not planned');
  forward.load(await network.pack());
  const found = await forward.outputs(features, width, everyRow);
  expect(farthest(found, expected)).toBeLessThan(1e-5);
  const more = Uint32Array.from({ length: 300 }, (_, i) => (i * 5) % everyRow.length);
  const perRow = expected.length / everyRow.length;
  const again = await forward.outputs(features, width, more);
  const repeated = again.map((_, i) => {
    const row = more[Math.floor(i / perRow)] ?? 0;
    return expected[row * perRow + (i % perRow)] ?? NaN;
  });
  expect(farthest(again, repeated), 'in several batches').toBeLessThan(1e-5);
  forward.dispose();
  network.dispose();
});

test('a batch computed in parts is the batch computed whole', async () => {
  for (const name of ['dropout', 'lstm', 'L1 and L2', 'weighted classes']) {
    const example = cases.find((one) => one.name === name);
    if (!example) throw new Error(`no case ${name}`);
    const whole = await train(example, planned);
    const parts = await train(example, planned, 3);
    expect(farthest(parts.losses, whole.losses), `${name}: losses`).toBeLessThan(1e-5);
    expect(farthest(parts.weights, whole.weights), `${name}: weights`).toBeLessThan(1e-5);
  }
});

/** Where all sides are shorter than a tile, longer, in parts, by large tiles and by narrow ones. */
const sizes = [
  [1, 1, 1],
  [3, 17, 1],
  [17, 3, 33],
  [64, 64, 16],
  [33, 70, 5],
  [5, 7, 1000],
  [513, 515, 3],
  [65, 15, 40],
  [70, 16, 300],
  [130, 40, 9],
] as const;

test('a matrix product is what its definition says, transposed or not, at any size', async () => {
  const gpu = await openGpu();
  if (!gpu) throw new Error('no WebGPU here');
  const workspace = new GpuWorkspace(gpu);
  const { kernels } = workspace;
  const most = 515 * 520;
  const [a, b, c] = [workspace.reserve(most), workspace.reserve(most), workspace.reserve(most)];
  const bias = workspace.reserve(515);
  const products = sizes.flatMap(([m, n, k], i) =>
    [0, 1].map((accumulate) => ({
      ...{ m, n, k, isA: (i + accumulate) % 2 === 0, isB: i % 3 === 0 },
      accumulate: accumulate === 1 ? (1 as const) : (0 as const),
      // A bias follows, which the product takes along where its rows lie side by side.
      wide: accumulate === 1 ? n : n + 3,
    })),
  );
  const call = ({ m, n, k, isA, isB, accumulate, wide }: (typeof products)[number]) => {
    const [rowsA, columnsA] = isA ? [1, m] : [k, 1];
    const [rowsB, columnsB] = isB ? [1, k] : [n, 1];
    kernels.gemm(a, rowsA, columnsA, b, rowsB, columnsB, c, wide, m, n, k, accumulate, 0);
    if (wide === n) kernels.addBias(c, bias, m, n);
  };
  await workspace.build(() => products.forEach(call), 1, { count: 1, fill: () => undefined });
  const random = new Random(2);
  const noise = (count: number) => Float32Array.from({ length: count }, () => random.normal() / 4);
  const [valuesA, valuesB, biases] = [noise(most), noise(most), noise(515)];
  workspace.write(a, valuesA);
  workspace.write(b, valuesB);
  workspace.write(bias, biases);
  for (const product of products) {
    const { m, n, k, isA, isB, accumulate, wide } = product;
    workspace.write(
      c,
      Float32Array.from({ length: most }, (_, i) => i % 3),
    );
    call(product);
    workspace.submit();
    const [found = new Float32Array()] = await workspace.read([{ at: c, count: m * wide }]);
    const expected = found.map((_, at) => {
      const [i, j] = [Math.floor(at / wide), at % wide];
      if (j >= n) return at % 3;
      let sum = (accumulate ? at % 3 : 0) + (wide === n ? (biases[j] ?? 0) : 0);
      for (let q = 0; q < k; q++)
        sum +=
          (valuesA[isA ? i + q * m : i * k + q] ?? 0) * (valuesB[isB ? q + j * k : q * n + j] ?? 0);
      return sum;
    });
    expect(farthest(found, expected), `${m} × ${n} × ${k}`).toBeLessThan(2e-5);
  }
  workspace.dispose();
});

test('copies with a sum, a bias or a second place are what the calls are one by one', async () => {
  const gpu = await openGpu();
  if (!gpu) throw new Error('no WebGPU here');
  const workspace = new GpuWorkspace(gpu);
  const { kernels } = workspace;
  const [rows, columns] = [37, 19];
  const count = rows * columns;
  const [from, plus, bias] = [count, count, columns].map((n) => workspace.reserve(n));
  const [sum, biased, one, two] = Array.from({ length: 4 }, () => workspace.reserve(count));
  if (!from || !plus || !bias || !sum || !biased || !one || !two) throw new Error('no place is 0');
  const calls = () => {
    kernels.copy(from, sum, count);
    kernels.addInto(sum, plus, count);
    kernels.copy(from, biased, count);
    kernels.addBias(biased, bias, rows, columns);
    kernels.copy(plus, one, count);
    kernels.copy(plus, two, count);
  };
  await workspace.build(calls);
  const random = new Random(3);
  const noise = (length: number) => Float32Array.from({ length }, () => random.normal());
  const [x, y, b] = [noise(count), noise(count), noise(columns)];
  workspace.write(from, x);
  workspace.write(plus, y);
  workspace.write(bias, b);
  const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
  calls();
  workspace.submit();
  expect(dispatches).toHaveBeenCalledTimes(3);
  dispatches.mockRestore();
  const found = await workspace.read([sum, biased, one, two].map((at) => ({ at, count })));
  expect(found).toEqual([
    x.map((value, i) => value + (y[i] ?? NaN)),
    x.map((value, i) => value + (b[i % columns] ?? NaN)),
    y,
    y,
  ]);
  workspace.dispose();
});

async function compareGradients(
  example: Example,
  rows: number,
  reference: (job: StepJob) => StepRunner | null,
) {
  const spec = networkOf(example);
  const found = await gradients(spec, example, rows, createWebGpuSteps);
  const expected = await gradients(spec, example, rows, reference);
  expectAlike(found, expected);
}

test.each(Object.entries(examples))(
  '%s of any size: loss and gradients are those of tfjs',
  async (_name, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.integer({ min: 1, max: 9 }), (example, rows) =>
        compareGradients(example, rows, createTensorSteps),
      ),
      { numRuns: 6, seed: 21 },
    );
  },
);

test('any loss, penalty, clipping and optimiser: steps are those of tfjs', async () => {
  await fc.assert(
    fc.asyncProperty(objectives, (example) => expectTrainedAlike(example, planned)),
    { numRuns: 20, seed: 23 },
  );
});

const dense = (units: number) => ({ type: 'dense', units, activation: 'relu' }) as const;
const large: Record<string, { example: Example; rows: number }> = {
  'images whose sums are taken in parts': {
    rows: 3,
    example: {
      inputShape: [21, 19, 3],
      layers: [
        { type: 'convolution', filters: 35, size: [3, 3], padding: 'same', activation: 'relu' },
        { type: 'batch-norm' },
        { type: 'max-pooling', size: [2, 2] },
        { type: 'depthwise-convolution', size: [3, 3], padding: 'same', activation: 'silu' },
        { type: 'convolution', filters: 6, size: [2, 2], strides: [2, 1], activation: 'tanh' },
        { type: 'global-average-pooling' },
      ],
    },
  },
  'batches that are larger than a tile': {
    rows: 67,
    example: {
      inputShape: [300],
      layers: [dense(70), { type: 'layer-norm' }, dense(33)],
    },
  },
  'sequences with many units, steps and tokens': {
    rows: 5,
    example: {
      inputShape: [19],
      tokens: 70,
      layers: [
        { type: 'embedding', tokens: 70, units: 66, hasMask: true },
        { type: 'attention', heads: 3, isCausal: true },
        { type: 'lstm', units: 70, returnsSequence: true },
        { type: 'gru', units: 67, isBidirectional: true },
      ],
    },
  },
  'many places with few tokens': {
    rows: 31,
    example: {
      inputShape: [19],
      tokens: 7,
      layers: [
        { type: 'embedding', tokens: 7, units: 66, hasMask: true },
        { type: 'global-average-pooling' },
      ],
    },
  },
  'sequences with more units than a workgroup holds': {
    rows: 3,
    example: {
      inputShape: [4],
      tokens: 5,
      layers: [
        { type: 'embedding', tokens: 5, units: 3, hasMask: true },
        { type: 'lstm', units: 513, returnsSequence: true },
        { type: 'dense', units: 3, activation: 'tanh' },
        { type: 'gru', units: 514, isBidirectional: true },
      ],
    },
  },
};

test.each(Object.entries(large))('%s: gradients are those of wasm', (_name, { example, rows }) =>
  compareGradients(example, rows, createPlannedSteps),
);
