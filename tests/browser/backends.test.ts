import { afterAll, expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { memory } from '../../src/models/engine/tf.ts';
import { startBackend, startHost } from '../../src/training/engine/backend.ts';
import { outputsOn } from '../../src/training/engine/predict.ts';
import { createStepRunner, createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import type { Backend } from '../../src/training/run.ts';
import { cases, configOf, dataOf, everyRow, specOf, type Case } from '../support/tiny-network.ts';

interface Trained {
  outputs: Float32Array;
  losses: number[];
  weights: Float32Array;
}

/** Outputs as built, then the losses and the weights of two steps: every op and gradient of the case. */
async function train(
  backend: Backend,
  example: Case,
  create: (job: StepJob) => StepRunner | Promise<StepRunner> = createStepRunner,
): Promise<Trained> {
  await startHost(backend);
  const before = memory().numTensors;
  const network = buildNetwork(specOf(example), 3);
  const data = dataOf(example);
  const outputs = await outputsOn(network, data.features, data.width, everyRow);
  const config = configOf(example);
  const runner = await create({ network, backend, config, l2: config.l2, train: data });
  await runner.loadWeights();
  const random = new Random(9);
  runner.step(everyRow, config.learningRate, random);
  runner.step(everyRow.subarray(3, 10), config.learningRate, random);
  const losses = (await runner.readLosses()).map(({ sum }) => sum);
  await runner.storeWeights();
  const weights = new Float32Array((await network.pack()).bytes);
  runner.dispose();
  network.dispose();
  expect(memory().numTensors, 'tensors left').toBe(before);
  return { outputs, losses, weights };
}

const expected = new Map<string, Trained>();

async function expectedOf(example: Case): Promise<Trained> {
  const known = expected.get(example.name) ?? (await train('cpu', example));
  expected.set(example.name, known);
  return known;
}

function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
}

for (const backend of ['wasm', 'webgpu', 'webgl'] as const)
  test(`${backend} computes every layer, loss, gradient and optimiser as cpu does`, async () => {
    for (const example of cases) {
      const cpu = await expectedOf(example);
      const other = await train(backend, example);
      for (const part of ['outputs', 'losses', 'weights'] as const)
        expect(farthest(other[part], cpu[part]), `${example.name}: ${part}`).toBeLessThan(2e-5);
    }
  });

test('tfjs alone computes on wasm what it computes on cpu', async () => {
  for (const example of cases) {
    const cpu = await expectedOf(example);
    const other = await train('wasm', example, createTensorSteps);
    for (const part of ['outputs', 'losses', 'weights'] as const)
      expect(farthest(other[part], cpu[part]), `${example.name}: ${part}`).toBeLessThan(2e-5);
  }
});

afterAll(() => startBackend('cpu'));
