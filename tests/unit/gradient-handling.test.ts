import { beforeAll, expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { LossScale } from '../../src/training/engine/loss-scale.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { parseRunConfig } from '../../src/training/config-schema.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { ClippingSpec } from '../../src/training/run.ts';
import { cases, configOf, dataOf, everyRow, specOf } from '../support/tiny-network.ts';

beforeAll(() => startBackend('cpu'));

const runners: [string, (job: StepJob) => StepRunner | null][] = [
  ['planned', createPlannedSteps],
  ['tfjs', createTensorSteps],
];

/** Of a step with rate 1 from w = (0, 0), b = 0 on the one row x = (3, 4), y = 1: what it took off. */
async function slopes(
  create: (job: StepJob) => StepRunner | null,
  clipping: ClippingSpec | null,
): Promise<number[]> {
  const network = buildNetwork(
    {
      inputShape: [2],
      layers: [{ type: 'dense', units: 1, activation: 'linear', initializer: 'zeros' }],
    },
    1,
  );
  const runner = create({
    ...{ network, backend: 'cpu', l2: 0 },
    config: {
      ...defaultConfig(mlp, 'y'),
      optimizer: { type: 'sgd', momentum: 0, nesterov: false },
      clipping,
    },
    train: {
      ...{ features: Float32Array.of(3, 4), width: 2, weights: null },
      targets: { type: 'numbers', divisor: 1, values: Float64Array.of(1) },
    },
  });
  if (!runner) throw new Error('it is not planned');
  await runner.loadWeights();
  runner.step(Uint32Array.of(0), 1, new Random(1));
  await runner.storeWeights();
  const weights = new Float32Array((await network.pack()).bytes);
  runner.dispose();
  network.dispose();
  return Array.from(weights, (weight) => -weight);
}

// Squared error: the gradient is 2 (0 − 1) (3, 4, 1), of length 2 √26.
test.each(runners)('%s steps clip as the formulas say', async (_name, create) => {
  const near = (found: number[], expected: number[]) =>
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
  near(await slopes(create, null), [-6, -8, -2]);
  near(await slopes(create, { type: 'value', limit: 5 }), [-5, -5, -2]);
  near(await slopes(create, { type: 'norm', limit: 100 }), [-6, -8, -2]);
  const length = Math.sqrt(26);
  near(await slopes(create, { type: 'norm', limit: 1 }), [-3 / length, -4 / length, -1 / length]);
});

async function train(create: (job: StepJob) => StepRunner | null, lossScale?: LossScale) {
  const example = cases.find(({ name }) => name === 'Transformer block');
  if (!example) throw new Error('no such case');
  const network = buildNetwork(specOf(example), 3);
  const start = new Float32Array((await network.pack()).bytes);
  const config = { ...configOf(example), batchSize: 8 };
  const runner = create({
    ...{ network, backend: 'cpu', config, l2: 0.1, train: dataOf(example) },
    ...(lossScale && { lossScale }),
  });
  if (!runner) throw new Error('it is not planned');
  await runner.loadWeights();
  const random = new Random(9);
  for (let i = 0; i < 4; i++) runner.step(everyRow.subarray(i, i + 8), 0.05, random);
  const losses = (await runner.readLosses()).map(({ sum }) => sum);
  await runner.storeWeights();
  const weights = new Float32Array((await network.pack()).bytes);
  const { steps } = await runner.saveOptimizer();
  runner.dispose();
  network.dispose();
  return { start, losses, weights, steps };
}

function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
}

test.each(runners)('%s steps with a scaled loss are those without', async (_name, create) => {
  const plain = await train(create);
  const scale = new LossScale(2 ** 12, 2);
  const scaled = await train(create, scale);
  expect(scale.value).toBe(2 ** 14); // doubled after two steps, and after two more
  expect(farthest(scaled.losses, plain.losses)).toBeLessThan(1e-5);
  expect(farthest(scaled.weights, plain.weights)).toBeLessThan(1e-6);
  expect(farthest(plain.weights, plain.start)).toBeGreaterThan(1e-3);
});

test.each(runners)('%s steps leave out what overflows, and halve the scale', async (_n, create) => {
  const scale = new LossScale(Infinity);
  const found = await train(create, scale);
  expect(found.weights).toEqual(found.start);
  expect(found.steps).toBe(0);
  const finite = new LossScale(2 ** 127);
  const { steps } = await train(create, finite);
  expect(finite.value).toBe(2 ** (127 - (4 - steps)));
  expect(steps).toBeLessThan(4);
});

test('settings of before, without clipping and loss scaling, are read as without', () => {
  const { clipping, lossScaling, precision, ...before } = defaultConfig(mlp, 'y');
  const own = { clipping: null, lossScaling: 'none', precision: 'single' };
  expect({ clipping, lossScaling, precision }).toEqual(own);
  expect(parseRunConfig(before)).toEqual({ ...before, ...own });
  expect(() => parseRunConfig({ ...before, clipping: { type: 'norm', limit: 0 } })).toThrow(
    /setting "clipping.limit": 0/,
  );
});
