/**
 * Mixed precision: what holds on any device, and, where the device has half precision, products, gradients and a
 * training in it. Chromium's software adapter has none; npm's webgpu on Mesa's llvmpipe has (tests/support/dawn.ts).
 */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import type { NetworkSpec } from '../../src/models/spec.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { fitModel } from '../../src/training/engine/fit.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { openGpu } from '../../src/training/engine/kernels/webgpu/device.ts';
import { createWebGpuSteps } from '../../src/training/engine/kernels/webgpu/steps.ts';
import { GpuWorkspace } from '../../src/training/engine/kernels/webgpu/workspace.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { Precision, RunNotice } from '../../src/training/run.ts';
import type { Example } from '../support/any-layer.ts';
import { gradients, networkOf } from '../support/network-gradients.ts';
import { reopenGpu } from '../support/reopen-gpu.ts';

const hasHalf = (await openGpu())?.hasHalf === true;

beforeAll(() => startBackend('cpu'));
afterEach(() => vi.restoreAllMocks());

const relu = { activation: 'relu' } as const;
const tanh = { activation: 'tanh' } as const;
const spec: NetworkSpec = {
  inputShape: [6],
  layers: [
    { type: 'dense', units: 20, ...tanh },
    { type: 'dense', units: 17, ...relu },
    { type: 'dense', units: 3, activation: 'linear' },
  ],
};
const rows = 48;
const batchSize = 16;

/** Classes that a small network can tell apart. @param weight of each row */
function jobOf(precision: Precision, weight = 1): StepJob {
  const random = new Random(8);
  const features = Float32Array.from({ length: rows * 6 }, () => random.normal());
  const values = Int32Array.from({ length: rows }, (_, i) => {
    const [a = 0, b = 0, c = 0] = features.subarray(6 * i);
    return a * b > 0.2 ? 2 : c > 0 ? 1 : 0;
  });
  return {
    network: buildNetwork(spec, 3),
    backend: 'webgpu',
    config: { ...defaultConfig(mlp, 'y'), precision, learningRate: 0.01, batchSize },
    l2: 0,
    train: {
      ...{ features, width: 6, targets: { type: 'classes', classes: 3, values } },
      weights: weight === 1 ? null : new Float32Array(rows).fill(weight),
    },
  };
}

async function started(job: StepJob): Promise<StepRunner> {
  const runner = await createWebGpuSteps(job);
  if (!runner) throw new Error('no WebGPU here');
  await runner.loadWeights();
  return runner;
}

const batches = [0, 1, 2].map((k) =>
  Uint32Array.from({ length: batchSize }, (_, i) => k * batchSize + i),
);

/** Mean loss of each of so many steps, and the weights they end with. */
async function train(precision: Precision, steps: number) {
  const job = jobOf(precision);
  const runner = await started(job);
  for (let i = 0; i < steps; i++)
    runner.step(batches[i % 3] ?? new Uint32Array(), 0.01, new Random(1));
  const losses = (await runner.readLosses()).map((loss) => loss.sum / loss.rows);
  const weights = (await runner.readWeights()).flatMap((values) => [...values]);
  runner.dispose();
  job.network.dispose();
  return { losses, weights };
}

/** ‖a − b‖ ÷ ‖b‖ */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let [difference, norm] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const [found = NaN, expected = NaN] = [a[i], b[i]];
    difference += (found - expected) ** 2;
    norm += expected ** 2;
  }
  return Math.sqrt(difference / norm);
}

const mixed = (job: StepJob) =>
  createWebGpuSteps({ ...job, config: { ...job.config, precision: 'mixed' } });

describe('a device without half precision', () => {
  beforeAll(async () => {
    const gpu = await reopenGpu(true);
    expect(gpu.hasHalf).toBe(false);
    expect(gpu.device.features.has('shader-f16')).toBe(false);
    return async () => {
      expect((await reopenGpu(false)).hasHalf).toBe(hasHalf);
    };
  });

  test('computes in single what was to be mixed, to the bit', async () => {
    const job = jobOf('mixed');
    const runner = await started(job);
    expect(runner.precision).toBe('single');
    runner.dispose();
    job.network.dispose();
    expect(await train('mixed', 6)).toEqual(await train('single', 6));
  });

  test.each(['webgpu', 'wasm'] as const)('makes a run on %s say so', async (backend) => {
    for (const precision of ['single', 'mixed'] as const) {
      const { config, train, network } = jobOf(precision);
      network.dispose();
      const notices: RunNotice[] = [];
      await fitModel({
        config: { ...config, backend, epochs: 2, layers: spec.layers.slice(0, -1) },
        ...{ train, validation: train, checkpoint: null },
        emit: (event) => event.type === 'notice' && notices.push(event.notice),
        control: { isPaused: false, isStopped: false, next: () => Promise.resolve('go') },
        saveCheckpoint: () => Promise.resolve(),
      });
      expect(notices).toEqual(
        precision === 'mixed' ? [{ type: 'single-precision', epoch: 1, backend }] : [],
      );
    }
  });
});

/** Below, above and far from tiles' sizes, in parts, and by large tiles. */
const sizes = [
  [1, 1, 1],
  [3, 17, 33],
  [33, 70, 5],
  [5, 7, 1000],
  [513, 515, 3],
] as const;

const same = { padding: 'same' } as const;
const networks: Record<string, { example: Example; rows: number }> = {
  'dense layers': {
    rows: 67,
    example: {
      inputShape: [300],
      layers: [70, 33].map((units) => ({ type: 'dense', units, ...tanh })),
    },
  },
  convolutions: {
    rows: 3,
    example: {
      inputShape: [21, 19, 3],
      layers: [
        { type: 'convolution', filters: 35, size: [3, 3], ...same, ...tanh },
        { type: 'convolution', filters: 6, size: [2, 2], strides: [2, 1], ...tanh },
        { type: 'global-average-pooling' },
      ],
    },
  },
  'transposed convolutions': {
    rows: 2,
    example: {
      inputShape: [5, 3, 4],
      layers: [
        { type: 'dense', units: 2, ...tanh },
        { type: 'transposed-convolution', filters: 5, size: [3, 2], strides: [2, 1], ...tanh },
        { type: 'flatten' },
      ],
    },
  },
  'sequences and attention': {
    rows: 5,
    example: {
      inputShape: [7],
      tokens: 9,
      layers: [
        { type: 'embedding', tokens: 9, units: 12, hasMask: true },
        { type: 'attention', heads: 3, isCausal: true },
        { type: 'lstm', units: 7, returnsSequence: true },
        { type: 'gru', units: 5, isBidirectional: true },
      ],
    },
  },
};

describe.skipIf(!hasHalf)('a device with half precision', () => {
  test('products are the definition’s within the rounding of their sides', async () => {
    const gpu = await openGpu();
    if (!gpu) throw new Error('no WebGPU here');
    const workspace = new GpuWorkspace(gpu, 'f16');
    const { kernels } = workspace;
    const most = 515 * 520;
    const [a, b, c] = [workspace.reserve(most), workspace.reserve(most), workspace.reserve(most)];
    const bias = workspace.reserve(515);
    const call = ([m, n, k]: (typeof sizes)[number]) => {
      kernels.gemm(a, k, 1, b, n, 1, c, n, m, n, k, 0, 0);
      kernels.addBias(c, bias, m, n);
    };
    await workspace.build(() => sizes.forEach(call));
    const random = new Random(2);
    const noise = (count: number) => Float32Array.from({ length: count }, () => random.normal());
    const [left, right, biases] = [noise(most), noise(most), noise(515)];
    workspace.write(a, left);
    workspace.write(b, right);
    workspace.write(bias, biases);
    for (const size of sizes) {
      const [m, n, k] = size;
      call(size);
      workspace.submit();
      const [found = new Float32Array()] = await workspace.read([{ at: c, count: m * n }]);
      const expected = found.map((_, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        let sum = biases[j] ?? 0;
        for (let q = 0; q < k; q++) sum += (left[i * k + q] ?? 0) * (right[q * n + j] ?? 0);
        return sum;
      });
      const off = distance(found, expected);
      expect(off, size.join(' × ')).toBeLessThan(2e-3);
      expect(off, `${size.join(' × ')}: half indeed`).toBeGreaterThan(1e-5);
    }
    workspace.dispose();
  });

  test.each(Object.entries(networks))('%s: gradients are those of wasm', async (_, job) => {
    const { example, rows: count } = job;
    const own = networkOf(example);
    const found = await gradients(own, example, count, mixed);
    const expected = await gradients(own, example, count, createPlannedSteps);
    expect(Math.abs(found.loss - expected.loss)).toBeLessThan(2e-3 * expected.loss);
    const [half, single] = [found, expected].map((one) => one.gradients.flatMap((g) => [...g]));
    const off = distance(half ?? [], single ?? []);
    expect(off).toBeLessThan(2e-3);
    expect(off, 'half indeed').toBeGreaterThan(1e-5);
    expect(await gradients(own, example, count, mixed)).toEqual(found);
  });

  test('a small network learns along the curve of single precision', async () => {
    const [single, half] = [await train('single', 90), await train('mixed', 90)];
    expect(half.losses.at(-1)).toBeLessThan(0.5 * (half.losses[0] ?? 0));
    half.losses.forEach((loss, i) => {
      expect(Math.abs(loss - (single.losses[i] ?? NaN)), `step ${i + 1}`).toBeLessThan(0.01);
    });
    expect(half.losses).not.toEqual(single.losses);
    expect(await train('mixed', 90)).toEqual(half);
  });

  test('gradients too small for half precision are kept by the loss’s factor', async () => {
    const slopes = async (precision: Precision) => {
      const job = jobOf(precision, 1e-6);
      job.config.optimizer = { type: 'sgd', momentum: 0, nesterov: false };
      const runner = await started(job);
      const before = (await runner.readWeights()).flatMap((values) => [...values]);
      runner.step(batches[0] ?? new Uint32Array(), 1e6, new Random(1));
      const after = (await runner.readWeights()).flatMap((values) => [...values]);
      runner.dispose();
      job.network.dispose();
      return before.map((weight, i) => weight - (after[i] ?? NaN));
    };
    expect(distance(await slopes('mixed'), await slopes('single'))).toBeLessThan(4e-3);
  });

  test('what is too large is held to the largest, and what is no number stays none', async () => {
    const gpu = await openGpu();
    if (!gpu) throw new Error('no WebGPU here');
    const workspace = new GpuWorkspace(gpu, 'f16');
    const [a, b, c] = [workspace.reserve(8), workspace.reserve(4), workspace.reserve(8)];
    const call = () => workspace.kernels.gemm(a, 1, 1, b, 1, 1, c, 1, 6, 1, 1, 0, 0);
    await workspace.build(call);
    workspace.write(a, new Float32Array([1e6, -1e9, Infinity, 65504, 3, NaN]));
    workspace.write(b, new Float32Array([2]));
    call();
    workspace.submit();
    const [found] = await workspace.read([{ at: c, count: 6 }]);
    expect([...(found ?? [])]).toEqual([131008, -131008, 131008, 131008, 6, NaN]);
    workspace.dispose();
  });

  test('a step takes one dispatch more, which takes the loss’s factor off', async () => {
    const count = async (precision: Precision) => {
      const job = jobOf(precision);
      const runner = await started(job);
      const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
      runner.step(batches[0] ?? new Uint32Array(), 0.01, new Random(1));
      const { length } = dispatches.mock.calls;
      dispatches.mockRestore();
      await runner.readLosses();
      runner.dispose();
      job.network.dispose();
      return length;
    };
    expect(await count('mixed')).toBe((await count('single')) + 1);
  });
});
