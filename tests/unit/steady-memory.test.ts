/** A steady step allocates nothing: ten thousand of them leave the memory where it was. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { memory } from '../../src/models/engine/tf.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { StepRunner } from '../../src/training/engine/steps.ts';
import { tinyModels } from '../support/tiny-models.ts';
import { configOf, dataOf, everyRow, specOf, type Case } from '../support/tiny-network.ts';

const steps = 10_000;
const stepsBetweenReads = 20;
const batchSize = 8;
/** The heap moves by this much on its own (compiled code, the test runner); an object a step would be 280 kB. */
const heapNoiseBytes = 128 * 1024;
/** What leaks grows in every block of steps, noise does not. */
const blocks = 3;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void; // what the flag exposes

const everyKind: Case = {
  name: 'convolution, LSTM, attention, norms, dropout and pools',
  inputShape: [8],
  tokens: 7,
  layers: [
    { type: 'embedding', tokens: 7, units: 6, hasMask: true },
    { type: 'convolution', filters: 6, size: [3], padding: 'same', activation: 'relu' },
    { type: 'batch-norm' },
    { type: 'lstm', units: 3, returnsSequence: true, isBidirectional: true },
    { type: 'layer-norm' },
    { type: 'attention', heads: 2 },
    { type: 'dropout', rate: 0.2 },
    { type: 'add', from: [3, 6] },
    { type: 'max-pooling', size: [2] },
    { type: 'gru', units: 4 },
  ],
  outputs: 3,
  optimizer: { type: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.01 },
};

afterEach(() => vi.restoreAllMocks());

async function train(runner: StepRunner, count: number) {
  const random = new Random(9);
  const rows = everyRow.subarray(2, 2 + batchSize);
  for (let i = 0; i < count; i += stepsBetweenReads) {
    for (let k = 0; k < stepsBetweenReads; k++) runner.step(rows, 1e-3, random);
    const losses = await runner.readLosses();
    expect(losses.length).toBe(stepsBetweenReads);
    expect(losses.every(({ sum }) => Number.isFinite(sum))).toBe(true);
  }
}

function occupied() {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}

function jobOf(example: Case) {
  const network = buildNetwork(specOf(example), 3);
  const config = { ...configOf(example), batchSize };
  return { network, backend: 'cpu', config, l2: 0, train: dataOf(example) } as const;
}

const [small] = tinyModels;
if (!small) throw new Error('there are no models');

test.each([small, everyKind])(
  '$name: 10,000 planned steps leave tensors, WebAssembly memory and heap as they were',
  { timeout: 120_000 },
  async (example) => {
    await startBackend('cpu');
    const start = vi.spyOn(WasmWorkspace, 'start');
    const job = jobOf(example);
    const runner = createPlannedSteps(job);
    const workspace = start.mock.results[0]?.value as WasmWorkspace | null | undefined; // what it returns
    if (!runner || !workspace) throw new Error('it is not planned');
    await runner.loadWeights();
    await train(runner, steps / 5); // warms up, compiled code included
    const [bytes, tensors] = [workspace.bytes, memory()];
    const growth: { heap: number; buffers: number }[] = [];
    for (let block = 0; block < blocks; block++) {
      const before = occupied();
      await train(runner, steps);
      const after = occupied();
      growth.push({ heap: after.heap - before.heap, buffers: after.buffers - before.buffers });
    }
    expect(workspace.bytes).toBe(bytes);
    expect(memory()).toEqual(tensors);
    for (const part of ['heap', 'buffers'] as const)
      expect(Math.min(...growth.map((one) => one[part])), part).toBeLessThan(heapNoiseBytes);
    runner.dispose();
    job.network.dispose();
  },
);

test('steps by tfjs leave no tensor behind', { timeout: 120_000 }, async () => {
  await startBackend('cpu');
  const job = jobOf(everyKind);
  const runner = createTensorSteps(job);
  await train(runner, stepsBetweenReads);
  const before = memory().numTensors;
  await train(runner, stepsBetweenReads);
  expect(memory().numTensors).toBe(before);
  runner.dispose();
  job.network.dispose();
});
