import { beforeAll, expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createWebGpuSteps } from '../../src/training/engine/kernels/webgpu/steps.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { cases, configOf, dataOf, everyRow, specOf, type Case } from '../support/tiny-network.ts';

beforeAll(() => startBackend('cpu'));

async function planned(job: StepJob): Promise<StepRunner> {
  const runner = await createWebGpuSteps(job);
  if (!runner) throw new Error('it is not planned');
  return runner;
}

async function train(
  example: Case,
  create: (job: StepJob) => StepRunner | Promise<StepRunner>,
  microBatch?: number,
) {
  const network = buildNetwork(specOf(example), 3);
  const config = { ...configOf(example), batchSize: 8 };
  const train = dataOf(example);
  const runner = await create({
    ...{ network, backend: 'cpu', config, l2: config.l2, train },
    ...(microBatch && { microBatch }),
  });
  await runner.loadWeights();
  const random = new Random(9);
  // Whole batches, smaller ones, and the optimiser saved and restored between two steps.
  for (const [from, to] of [
    [0, 8],
    [8, 12],
    [2, 9],
    [0, 8],
  ] as const) {
    runner.step(everyRow.subarray(from, to), config.learningRate, random);
    runner.restoreOptimizer(await runner.saveOptimizer());
  }
  const losses = (await runner.readLosses()).map(({ sum }) => sum);
  await runner.storeWeights();
  const weights = new Float32Array((await network.pack()).bytes);
  const { slots, steps } = await runner.saveOptimizer();
  runner.dispose();
  network.dispose();
  return { losses, weights, slots, steps };
}

function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
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

test('a batch computed in parts is the batch computed whole', async () => {
  for (const name of ['relu', 'L1 and L2', 'weighted classes']) {
    const example = cases.find((one) => one.name === name);
    if (!example) throw new Error(`no case ${name}`);
    const whole = await train(example, planned);
    const parts = await train(example, planned, 3);
    expect(farthest(parts.losses, whole.losses), `${name}: losses`).toBeLessThan(1e-5);
    expect(farthest(parts.weights, whole.weights), `${name}: weights`).toBeLessThan(1e-5);
  }
});
