/** A tiny network's training, by whatever takes the steps. */
import { expect } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { configOf, dataOf, everyRow, specOf, type Case } from './tiny-network.ts';

/** Whole batches, smaller ones, and the optimiser saved and restored between two steps. */
const batches = [
  [0, 8],
  [8, 12],
  [2, 9],
  [0, 8],
] as const;

/** @param microBatch most rows that are computed at a time */
export async function train(
  example: Case,
  create: (job: StepJob) => StepRunner | Promise<StepRunner>,
  microBatch?: number,
) {
  await startBackend('cpu');
  const network = buildNetwork(specOf(example), 3);
  const config = { ...configOf(example), batchSize: 8 };
  const runner = await create({
    ...{ network, backend: 'cpu', config, l2: config.l2, train: dataOf(example) },
    ...(microBatch && { microBatch }),
  });
  await runner.loadWeights();
  const start = new Float32Array((await network.pack()).bytes);
  const random = new Random(9);
  for (const [from, to] of batches) {
    runner.step(everyRow.subarray(from, to), config.learningRate, random);
    runner.restoreOptimizer(await runner.saveOptimizer());
  }
  const losses = (await runner.readLosses()).map(({ sum }) => sum);
  await runner.storeWeights();
  const weights = new Float32Array((await network.pack()).bytes);
  expect((await runner.readWeights()).flatMap((values) => [...values])).toEqual([...weights]);
  const sizes = network.variables.map(({ size }) => size);
  const { slots, steps } = await runner.saveOptimizer();
  runner.dispose();
  network.dispose();
  return { losses, weights, slots: slots.map((slot) => slot.slice()), steps, start, sizes };
}

export function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
}
