import { afterAll, expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { memory } from '../../src/models/engine/tf.ts';
import type { LayerSpec, NetworkSpec } from '../../src/models/spec.ts';
import type { TrainingRows } from '../../src/training/engine/batches.ts';
import { Control } from '../../src/training/engine/control.ts';
import { fitModel, networkFor } from '../../src/training/engine/fit.ts';
import { layOutSteps } from '../../src/training/engine/kernels/step-plan.ts';
import { countGpuSteps, mostGpuBytes } from '../../src/training/engine/kernels/webgpu/count.ts';
import {
  countWorkspace,
  mostWorkspaceBytes,
  WasmWorkspace,
} from '../../src/training/engine/kernels/wasm-workspace.ts';
import { estimateRun } from '../../src/training/engine/preflight.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import { bytesOf, largestFitting, secondsOfEpoch } from '../../src/training/preflight.ts';
import type { BackendRate, NetworkConfig } from '../../src/training/run.ts';
import { cases, configOf, specOf } from '../support/tiny-network.ts';

vi.mock(import('../../src/training/engine/kernels/webgpu/count.ts'), async (importActual) => ({
  ...(await importActual()),
  mostGpuBytes: vi.fn(() => Promise.resolve(null)),
}));
vi.mock('../../src/training/engine/backend.ts', () => import('../support/all-on-cpu.ts'));
afterAll(() => vi.unstubAllGlobals());

function dataOf(rows: number, width: number): TrainingRows {
  const random = new Random(1);
  return {
    features: Float32Array.from({ length: rows * width }, () => random.normal()),
    width,
    targets: {
      type: 'classes',
      classes: 10,
      values: Int32Array.from({ length: rows }, (_, i) => i % 10),
    },
    weights: null,
  };
}

const hidden = (units: number): LayerSpec => ({ type: 'dense', units, activation: 'relu' });

function configWith(changes: Partial<NetworkConfig>): NetworkConfig {
  return {
    ...defaultConfig(mlp, 'y'),
    ...{ solver: 'gradient-descent', backend: 'wasm', batchSize: 32, earlyStopping: null },
    ...changes,
  };
}

test('memory that is counted is memory that is laid out, to the byte', () => {
  for (const example of cases)
    for (const [batch, microBatch] of [
      [12, 12],
      [4096, 4096],
      [4096, 300],
    ] as const) {
      const { optimizer } = configOf(example);
      const spec = specOf(example);
      const shape = { spec, optimizer, batch, microBatch, outputs: 3 };
      const workspace = WasmWorkspace.start();
      if (!workspace) throw new Error('no vectors here');
      layOutSteps(shape, workspace);
      const counted = countWorkspace((counter) => layOutSteps(shape, counter));
      expect(counted?.bytes, `${example.name}, ${microBatch} of ${batch}`).toBe(workspace.bytes);
    }
});

test('the largest number that fits is found, and none where none does', () => {
  for (const limit of [0, 1, 2, 99, 100])
    expect(largestFitting(99, (n) => n <= limit)).toBe(Math.min(99, limit));
});

test('an epoch is its steps, and what is measured after them', () => {
  const rate = { backend: 'wasm', examplesPerSecond: 1000, answersPerSecond: 4000 } as const;
  expect(secondsOfEpoch(rate, { train: 10_000, validation: 2000 })).toBeCloseTo(
    10 + (4096 + 2000) / 4000,
  );
});

test('memory is that of steps, data, weights and two checkpoints', () => {
  const sizes = {
    ...{ steps: 1000, measuring: 100, parameters: 11, trainable: 10, slots: 2, trainCopies: 0 },
  };
  const rows = { train: 7, validation: 3 };
  expect(bytesOf({ ...sizes, rows, width: 5 })).toBe(
    1100 + 10 * (4 * 5 + 8) + 2 * 4 * 11 + 2 * 4 * (2 * 11 + 20),
  );
  const copied = bytesOf({ ...sizes, rows, width: 5, trainCopies: 2 });
  expect(copied - bytesOf({ ...sizes, rows, width: 5 })).toBe(2 * 7 * (4 * 5 + 8));
});

test('the largest batch is one that fits, with none larger', async () => {
  const config = configWith({ layers: [hidden(512), { type: 'batch-norm' }, hidden(64)] });
  const train = dataOf(64, 20);
  const spec = networkFor(config, train);
  const rows = { train: 100_000_000, validation: 0 };
  const { largestBatch, parameters } = await estimateRun({ spec, config, train, rows });
  expect(parameters).toBe(20 * 512 + 512 + 2 * 512 + 512 * 64 + 64 + 64 * 10 + 10);
  const bytes = (batch: number) =>
    countWorkspace((counter) =>
      layOutSteps(
        { spec, optimizer: config.optimizer, batch, microBatch: batch, outputs: 10 },
        counter,
      ),
    )?.bytes ?? NaN;
  expect(bytes(largestBatch)).toBeLessThanOrEqual(mostWorkspaceBytes);
  expect(bytes(largestBatch + 1)).toBeGreaterThan(mostWorkspaceBytes);
});

test('any batch fits that may be computed in parts', async () => {
  const config = configWith({ layers: [hidden(512)], batchSize: 10_000_000 });
  const train = dataOf(64, 20);
  const rows = { train: 20_000_000, validation: 0 };
  const job = { spec: networkFor(config, train), config, train, rows };
  const { largestBatch, bytes } = await estimateRun(job);
  expect(largestBatch).toBe(20_000_000);
  const data = 20_000_000 * (4 * 20 + 8);
  expect(bytes - data).toBeGreaterThan(4e6);
  expect(bytes - data).toBeLessThan(4e7);
});

test('a device with little memory has room for smaller batches', async () => {
  const config = configWith({ layers: [hidden(512), { type: 'batch-norm' }] });
  const train = dataOf(64, 20);
  const spec: NetworkSpec = networkFor(config, train);
  const job = { spec, config, train, rows: { train: 100_000_000, validation: 0 } };
  const large = (await estimateRun(job)).largestBatch;
  vi.stubGlobal('navigator', { deviceMemory: 0.5 });
  const small = (await estimateRun(job)).largestBatch;
  vi.unstubAllGlobals();
  expect(small / large).toBeGreaterThan(0.1);
  expect(small / large).toBeLessThan(0.15); // 256 MiB of 2 GiB
});

test('an estimate that is given up ends at once, and leaves no tensor', async () => {
  const config = configWith({ layers: [hidden(16)] });
  const train = dataOf(64, 20);
  const job = { spec: networkFor(config, train), config, train };
  const rows = { train: 64, validation: 0 };
  await estimateRun({ ...job, rows });
  const before = memory().numTensors;
  const controller = new AbortController();
  controller.abort(new Error('another one'));
  await expect(estimateRun({ ...job, rows, signal: controller.signal })).rejects.toThrow(
    'another one',
  );
  expect(memory().numTensors).toBe(before);
});

test('what is measured once is remembered', async () => {
  const kept = new Map<string, unknown>();
  const config = configWith({ layers: [hidden(16)] });
  const train = dataOf(64, 20);
  const probeMemory = {
    find: vi.fn(() => Promise.resolve([{ backend: 'wasm' as const, examplesPerSecond: 640 }])),
    keep: (key: string, rates: unknown) => Promise.resolve(void kept.set(key, rates)),
  };
  const spec = networkFor(config, train);
  const rows = { train: 640, validation: 0 };
  const { secondsPerEpoch } = await estimateRun({ spec, config, train, rows, probeMemory });
  expect(secondsPerEpoch).toBeCloseTo(1 + 640 / (3 * 640));
  expect(kept.size).toBe(0);
});

test('a run on several workers is estimated as they are, from what is known of them', async () => {
  vi.stubGlobal('navigator', { hardwareConcurrency: 8 });
  const config = configWith({ layers: [hidden(16)] });
  const train = dataOf(64, 20);
  const known = (key: string): BackendRate[] =>
    key.startsWith('["workers"')
      ? [1, 2, 4].map((workers, i) => ({
          ...{ backend: 'wasm', workers, examplesPerSecond: 100 * 1.5 ** i },
        }))
      : [{ backend: 'wasm', examplesPerSecond: 640, answersPerSecond: 1e9 }];
  const estimate = (workers: NetworkConfig['workers']) =>
    estimateRun({
      ...{ spec: networkFor(config, train), config: { ...config, workers }, train },
      rows: { train: 6400, validation: 0 },
      probeMemory: { find: (key) => Promise.resolve(known(key)), keep: () => Promise.resolve() },
      startHelper: () => {
        throw new Error('all is known');
      },
    });
  const [one, four, asked] = [await estimate(1), await estimate('auto'), await estimate(3)];
  vi.unstubAllGlobals();
  expect([one.workers, four.workers, asked.workers]).toEqual([1, 4, 3]);
  expect(one.secondsPerEpoch).toBeCloseTo(10);
  expect(four.secondsPerEpoch).toBeCloseTo(10 / 1.5 ** 2);
  expect(asked.secondsPerEpoch).toBeLessThan(10 / 2); // three were never measured
  // Their plans, and a copy of the data for each helper.
  expect(four.bytes - one.bytes).toBeGreaterThan(3 * 6400 * (4 * 20 + 8));
});

test('on a graphics processor the heap and the data have its largest buffer each', async () => {
  const most = 2 ** 24;
  vi.mocked(mostGpuBytes).mockResolvedValue(most);
  const config = configWith({ backend: 'webgpu', layers: [hidden(512)] });
  const train = dataOf(64, 20);
  const spec = networkFor(config, train);
  const estimate = (rows: number) =>
    estimateRun({ ...{ spec, config, train }, rows: { train: rows, validation: 0 } });
  const mostRows = Math.floor(most / (4 * 21));
  const { largestBatch } = await estimate(mostRows);
  const bytes = (batch: number) =>
    countGpuSteps({
      ...{ spec, optimizer: config.optimizer, batch, microBatch: batch, outputs: 10 },
    }).bytes;
  expect(bytes(largestBatch)).toBeLessThanOrEqual(most);
  expect(bytes(largestBatch + 1)).toBeGreaterThan(most);
  expect((await estimate(mostRows + 1)).largestBatch).toBe(0); // the data alone is too large
});

test('the time of a run is within 30 % of the estimate', { timeout: 120_000 }, async () => {
  const train = dataOf(3000, 256);
  const validation = dataOf(600, 256);
  const config = configWith({ layers: [hidden(128), hidden(64)], epochs: 30 });
  const spec = networkFor(config, train);
  const ratios: number[] = [];
  // By a clock of processor time: what else the machine does counts for neither. The middle one of five.
  vi.spyOn(performance, 'now').mockImplementation(() => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  });
  for (let round = 0; round < 5; round++) {
    const { seconds } = await estimateRun({
      ...{ spec, config, train },
      rows: { train: 3000, validation: 600 },
    });
    let [started, ended] = [0, 0];
    await fitModel({
      ...{ config, train, validation, checkpoint: null },
      control: new Control(),
      emit({ type }) {
        if (type === 'started') started = performance.now();
        if (type === 'finished') ended = performance.now();
      },
      saveCheckpoint: () => Promise.resolve(undefined),
    });
    ratios.push((1000 * (seconds ?? NaN)) / (ended - started));
  }
  const [, , middle = NaN] = ratios.sort((a, b) => a - b);
  console.log('estimate / run', ratios.map((ratio) => ratio.toFixed(2)).join(' '));
  vi.restoreAllMocks();
  expect(middle).toBeGreaterThan(0.7);
  expect(middle).toBeLessThan(1.3);
});
