import { getBackend } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import type { LayerSpec, NetworkSpec, PackedWeights } from '../../src/models/spec.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import type { FitResult } from '../../src/training/engine/fit-job.ts';
import { fitModel } from '../../src/training/engine/fit.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { openGpu } from '../../src/training/engine/kernels/webgpu/device.ts';
import { shaders } from '../../src/training/engine/kernels/webgpu/shaders.ts';
import { createWebGpuSteps } from '../../src/training/engine/kernels/webgpu/steps.ts';
import type { OptimizerState } from '../../src/training/engine/optimizer.ts';
import { createStepRunner } from '../../src/training/engine/step-runner.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { OptimizerSpec, RunEvent, RunNotice } from '../../src/training/run.ts';

beforeAll(() => startBackend('cpu'));
afterEach(() => vi.restoreAllMocks());

const adam: OptimizerSpec = {
  ...{ type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 },
};
const relu = { activation: 'relu' } as const;
const same = { padding: 'same', ...relu } as const;
const classifier = (outputs: number): LayerSpec => ({
  ...{ type: 'dense', units: outputs, activation: 'linear' },
});

function jobOf(spec: NetworkSpec, rows: number, tokens = 0): StepJob {
  const random = new Random(4);
  const width = spec.inputShape.reduce((product, n) => product * n, 1);
  const last = spec.layers.at(-1);
  const classes = Math.max(2, last?.type === 'dense' ? last.units : 0);
  return {
    network: buildNetwork(spec, 3),
    backend: 'webgpu',
    config: { ...defaultConfig(mlp, 'y'), optimizer: adam, batchSize: rows },
    l2: 0,
    train: {
      features: Float32Array.from({ length: rows * width }, () =>
        tokens ? random.integer(tokens) : random.normal(),
      ),
      width,
      targets: {
        ...{ type: 'classes', classes },
        values: Int32Array.from({ length: rows }, (_, i) => i % classes),
      },
      weights: null,
    },
  };
}

const rowsOf = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);

async function started(job: StepJob): Promise<StepRunner> {
  const runner = await createWebGpuSteps(job);
  if (!runner) throw new Error('no WebGPU here');
  await runner.loadWeights();
  return runner;
}

const networks: { name: string; most: number; tokens?: number; spec: NetworkSpec }[] = [
  {
    name: 'an MLP',
    most: 16,
    spec: {
      inputShape: [784],
      layers: [{ type: 'dense', units: 128, ...relu }, classifier(10)],
    },
  },
  {
    name: 'a CNN',
    most: 28,
    spec: {
      inputShape: [28, 28, 1],
      layers: [
        { type: 'convolution', filters: 16, size: [3, 3], ...same },
        { type: 'max-pooling', size: [2, 2] },
        { type: 'convolution', filters: 32, size: [3, 3], ...same },
        { type: 'max-pooling', size: [2, 2] },
        { type: 'flatten' },
        classifier(10),
      ],
    },
  },
  {
    name: 'an LSTM',
    most: 40,
    tokens: 20,
    spec: {
      inputShape: [40],
      layers: [
        { type: 'embedding', tokens: 20, units: 32 },
        { type: 'lstm', units: 64 },
        classifier(2),
      ],
    },
  },
  {
    name: 'an LSTM of sequences, both ways',
    most: 60,
    tokens: 20,
    spec: {
      inputShape: [40],
      layers: [
        { type: 'embedding', tokens: 20, units: 8 },
        { type: 'lstm', units: 4, returnsSequence: true, isBidirectional: true },
        { type: 'global-max-pooling' },
        classifier(2),
      ],
    },
  },
  {
    name: 'a Transformer block',
    most: 60,
    tokens: 20,
    spec: {
      inputShape: [16],
      layers: [
        { type: 'embedding', tokens: 20, units: 64 },
        { type: 'position-embedding' },
        { type: 'layer-norm' },
        { type: 'attention', heads: 4 },
        { type: 'add', from: [1, 3] },
        { type: 'layer-norm' },
        { type: 'dense', units: 256, activation: 'gelu' },
        { type: 'dense', units: 64, activation: 'linear' },
        { type: 'add', from: [4, 7] },
        { type: 'global-average-pooling' },
        classifier(2),
      ],
    },
  },
];

test.each(networks)(
  '$name takes $most dispatches a step at most',
  async ({ spec, most, tokens }) => {
    const job = jobOf(spec, 2, tokens);
    const runner = await started(job);
    const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
    const submits = vi.spyOn(GPUQueue.prototype, 'submit');
    runner.step(rowsOf(2), 1e-3, new Random(1));
    expect(submits).toHaveBeenCalledTimes(1);
    expect(dispatches.mock.calls.length).toBeGreaterThan(0);
    expect(dispatches.mock.calls.length).toBeLessThanOrEqual(most);
    const [loss] = await runner.readLosses();
    expect(loss?.sum).toBeGreaterThan(0);
    runner.dispose();
    job.network.dispose();
  },
);

const tiny: NetworkSpec = {
  inputShape: [5],
  layers: [{ type: 'dense', units: 4, activation: 'tanh' }, classifier(3)],
};

interface Checkpoint {
  weights: PackedWeights;
  optimizer: OptimizerState;
}

/** Three steps, from the start or from where others stopped. */
async function goOn(
  create: (job: StepJob) => StepRunner | null | Promise<StepRunner | null>,
  from?: Checkpoint,
): Promise<Checkpoint> {
  const job = jobOf(tiny, 8);
  const { network } = job;
  const runner = await create(job);
  if (!runner) throw new Error('it is not planned');
  if (from) network.load(from.weights);
  await runner.loadWeights();
  if (from) runner.restoreOptimizer(from.optimizer);
  for (let i = 0; i < 3; i++) runner.step(rowsOf(8), 1e-2, new Random(1));
  await runner.storeWeights();
  const end = { weights: await network.pack(), optimizer: await runner.saveOptimizer() };
  runner.dispose();
  network.dispose();
  return end;
}

test('what WebGPU began WebAssembly goes on with, and the other way round', async () => {
  const { weights } = await goOn(createPlannedSteps, await goOn(createPlannedSteps));
  const expected = new Float32Array(weights.bytes);
  for (const [first, second] of [
    [createWebGpuSteps, createPlannedSteps],
    [createPlannedSteps, createWebGpuSteps],
  ] as const) {
    const end = await goOn(second, await goOn(first));
    expect(end.optimizer.steps).toBe(6);
    new Float32Array(end.weights.bytes).forEach((weight, i) => {
      expect(Math.abs(weight - (expected[i] ?? NaN))).toBeLessThan(1e-5);
    });
  }
});

test('a device that is lost says so, and the next run gets another', async () => {
  const job = jobOf(tiny, 8);
  const runner = await started(job);
  const lost = await openGpu();
  runner.step(rowsOf(8), 1e-2, new Random(1));
  await runner.readLosses();
  lost?.device.destroy();
  runner.step(rowsOf(8), 1e-2, new Random(1)); // it isn't known yet
  await expect(runner.readLosses()).rejects.toMatchObject({ code: 'device-lost' });
  expect(() => runner.step(rowsOf(8), 1e-2, new Random(1))).toThrow(/lost/);
  runner.dispose();
  const next = await started(job);
  expect(await openGpu()).not.toBe(lost);
  next.step(rowsOf(8), 1e-2, new Random(1));
  expect((await next.readLosses())[0]?.sum).toBeGreaterThan(0);
  next.dispose();
  job.network.dispose();
});

/** Four epochs of the tiny network. */
function fit(backend: 'webgpu' | 'wasm', emit: (event: RunEvent) => void): Promise<FitResult> {
  const { train, config, network } = jobOf(tiny, 30);
  network.dispose();
  return fitModel({
    config: {
      ...{ ...config, backend, solver: 'gradient-descent', epochs: 4, batchSize: 8 },
      layers: tiny.layers.slice(0, -1),
    },
    ...{ train, validation: train, checkpoint: null, emit },
    control: { isPaused: false, isStopped: false, next: () => Promise.resolve('go') },
    saveCheckpoint: () => Promise.resolve(),
  });
}

function expectAlike(found: FitResult, expected: FitResult) {
  const values = new Float32Array(expected.weights.bytes);
  new Float32Array(found.weights.bytes).forEach((weight, i) => {
    expect(Math.abs(weight - (values[i] ?? NaN))).toBeLessThan(1e-4);
  });
}

test('a run on WebGPU ends where one on WebAssembly ends, without tfjs there', async () => {
  const events: RunEvent[] = [];
  const found = await fit('webgpu', (event) => events.push(event));
  expect(events.filter(({ type }) => type === 'notice')).toEqual([]);
  expect(found.backend).toBe('webgpu');
  expect(getBackend()).toBe('cpu');
  expectAlike(found, await fit('wasm', () => undefined));
});

test('a run whose device is lost goes on with a new one, and says so', async () => {
  const gpu = await openGpu();
  const notices: RunNotice[] = [];
  const found = await fit('webgpu', (event) => {
    if (event.type === 'epoch' && event.epoch === 2) gpu?.device.destroy();
    if (event.type === 'notice') notices.push(event.notice);
  });
  expect(notices).toMatchObject([{ type: 'restarted', backend: 'webgpu' }]);
  expect(found.backend).toBe('webgpu');
  expectAlike(found, await fit('wasm', () => undefined));
});

test('a network that WebGPU has no kernels for is refused there', async () => {
  const { gru } = shaders;
  if (!gru) throw new Error('it has no kernel already');
  delete shaders.gru;
  try {
    const job = jobOf(
      { inputShape: [3, 2], layers: [{ type: 'gru', units: 5 }, classifier(2)] },
      4,
    );
    expect(await createWebGpuSteps(job)).toBeNull();
    await expect(createStepRunner(job)).rejects.toMatchObject({ code: 'no-backend' });
    job.network.dispose();
  } finally {
    shaders.gru = gru;
  }
});
