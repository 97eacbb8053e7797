/** How a whole model's loss falls over fifty steps, by whatever takes them. */
import { expect } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { configOf, dataOf, everyRow, specOf, type Case } from './tiny-network.ts';

type Create = (job: StepJob) => StepRunner | null | Promise<StepRunner | null>;

const steps = 50;
const batchSize = 8;
const learningRate = 0.01;

/** The mean loss of each step. */
async function curveOf(example: Case, create: Create): Promise<number[]> {
  await startBackend('cpu');
  const network = buildNetwork(specOf(example), 3);
  const config = { ...configOf(example), batchSize };
  const runner = await create({ network, backend: 'cpu', config, l2: 0, train: dataOf(example) });
  if (!runner) throw new Error('it is not planned');
  try {
    await runner.loadWeights();
    const random = new Random(9);
    const rows = new Random(5);
    for (let i = 0; i < steps; i++)
      runner.step(rows.shuffle(everyRow.slice()).subarray(0, batchSize), learningRate, random);
    return (await runner.readLosses()).map(({ sum, rows: count }) => sum / count);
  } finally {
    runner.dispose();
    network.dispose();
  }
}

/** It learns, and each step's loss is within 1e-3 of that on tfjs's cpu backend. */
export async function expectCpuCurve(example: Case, create: Create) {
  const expected = await curveOf(example, createTensorSteps);
  const found = await curveOf(example, create);
  const [first = NaN, last = NaN] = [expected[0], expected.at(-1)];
  expect(last, 'it learns').toBeLessThan(0.8 * first);
  expect(found.length).toBe(steps);
  const farthest = Math.max(...found.map((loss, i) => Math.abs(loss - (expected[i] ?? NaN))));
  expect(farthest).toBeLessThan(1e-3);
}
