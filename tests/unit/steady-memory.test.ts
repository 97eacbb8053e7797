/** A steady step allocates nothing: ten thousand of them leave the memory where it was. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { memory } from '../../src/models/engine/tf.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createFactorisationSteps } from '../../src/training/engine/kernels/factorisation/steps.ts';
import { layerPlanners } from '../../src/training/engine/kernels/plan/plan-layer.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { StepRunner } from '../../src/training/engine/steps.ts';
import { ofImages, ofSequences } from '../support/leaky-kinds.ts';
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

/** @param run trains for so many steps by what `create` gave, in the one workspace that was started for it */
async function expectSteady<T>(create: () => T, run: (by: T, count: number) => Promise<void>) {
  await startBackend('cpu');
  const start = vi.spyOn(WasmWorkspace, 'start');
  const made = create();
  const workspace = start.mock.results[0]?.value as WasmWorkspace | null | undefined; // what it returns
  if (!workspace) throw new Error('no vectors here');
  await run(made, steps / 5); // warms up, compiled code included
  const [bytes, tensors] = [workspace.bytes, memory()];
  const growth: { heap: number; buffers: number }[] = [];
  for (let block = 0; block < blocks; block++) {
    const before = occupied();
    await run(made, steps);
    const after = occupied();
    growth.push({ heap: after.heap - before.heap, buffers: after.buffers - before.buffers });
  }
  expect(workspace.bytes).toBe(bytes);
  expect(memory()).toEqual(tensors);
  for (const part of ['heap', 'buffers'] as const)
    expect(Math.min(...growth.map((one) => one[part])), part).toBeLessThan(heapNoiseBytes);
}

const models = [small, ofSequences, ofImages];

test.each(models)(
  '$name: 10,000 planned steps leave tensors, WebAssembly memory and heap as they were',
  { timeout: 120_000 },
  async (example) => {
    await startBackend('cpu');
    const job = jobOf(example);
    const create = () => {
      const runner = createPlannedSteps(job);
      if (!runner) throw new Error('it is not planned');
      return runner;
    };
    await expectSteady(create, async (runner, count) => {
      await runner.loadWeights();
      await train(runner, count);
    });
    job.network.dispose();
  },
);

test('there is every kind of layer among them', () => {
  const kinds = models.flatMap((model) => specOf(model).layers.map(({ type }) => type));
  expect(new Set(kinds)).toEqual(new Set(Object.keys(layerPlanners)));
});

test('so do 10,000 steps of a factorisation', { timeout: 120_000 }, async () => {
  const job = { users: 9, items: 7, factors: 5, batchSize: 12, l2: 0.1, constant: 0 };
  const create = () => {
    const optimizer = small.optimizer ?? { type: 'sgd', momentum: 0, nesterov: false };
    const made = createFactorisationSteps({ ...job, optimizer }, new Float32Array(96).fill(0.1));
    if (!made) throw new Error('no vectors here');
    return made;
  };
  const column = Array.from({ length: job.batchSize }, (_, i) => i % job.items);
  const batch = { users: column, items: column };
  await expectSteady(create, (made, count) => {
    for (let i = 0; i < count; i += 2) {
      made.step({ ...batch, learned: { values: column } }, 1e-3);
      made.step({ ...batch, learned: { others: column } }, 1e-3);
    }
    expect(made.tables.every(Number.isFinite)).toBe(true);
    return Promise.resolve();
  });
});

test('steps by tfjs leave no tensor behind', { timeout: 120_000 }, async () => {
  await startBackend('cpu');
  const job = jobOf(ofSequences);
  const runner = createTensorSteps(job);
  await train(runner, stepsBetweenReads);
  const before = memory().numTensors;
  await train(runner, stepsBetweenReads);
  expect(memory().numTensors).toBe(before);
  runner.dispose();
  job.network.dispose();
});
