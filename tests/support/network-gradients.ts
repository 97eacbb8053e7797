/** Gradients of networks made of any layers (any-layer.ts), and how near two ways to compute them come. */
import { expect } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import type { NetworkSpec } from '../../src/models/spec.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { Example } from './any-layer.ts';

export function networkOf({ inputShape, layers }: Example): NetworkSpec {
  return { inputShape, layers: [...layers, { type: 'dense', units: 3, activation: 'linear' }] };
}

interface Gradients {
  loss: number;
  /** One a trainable variable. */
  gradients: Float32Array[];
  /** What isn't trained as a step leaves it: moving averages. */
  kept: Float32Array[];
}

/** Of one step: after the first, a velocity is the gradient itself. */
export async function gradients(
  spec: NetworkSpec,
  { tokens }: Example,
  rows: number,
  create: (job: StepJob) => StepRunner | null | Promise<StepRunner | null>,
): Promise<Gradients> {
  const random = new Random(7);
  const perRow = spec.inputShape.reduce((product, n) => product * n, 1);
  const network = buildNetwork(spec, 3);
  const runner = await create({
    ...{ network, backend: 'cpu', l2: 0 },
    config: {
      ...defaultConfig(mlp, 'y'),
      optimizer: { type: 'sgd', momentum: 0.9, nesterov: false },
      batchSize: rows,
    },
    train: {
      features: Float32Array.from({ length: rows * perRow }, () =>
        tokens ? random.integer(tokens) : random.normal(),
      ),
      width: perRow,
      targets: {
        ...{ type: 'classes', classes: 3 },
        values: Int32Array.from({ length: rows }, () => random.integer(3)),
      },
      weights: null,
    },
  });
  if (!runner) throw new Error('it is not planned');
  await runner.loadWeights();
  runner.step(
    Uint32Array.from({ length: rows }, (_, i) => i),
    1,
    new Random(5),
  );
  const [loss] = await runner.readLosses();
  const { slots } = await runner.saveOptimizer();
  const weights = await runner.readWeights();
  const computed = {
    loss: loss?.sum ?? NaN,
    gradients: slots.map((slot) => slot.slice()),
    kept: weights
      .filter((_, i) => network.variables[i]?.trainable === false)
      .map((values) => values.slice()),
  };
  runner.dispose();
  network.dispose();
  return computed;
}

/** What float32 makes of sums, of up to some hundred terms that cancel: of the largest gradient of all. */
const rounding = 1e-6;

const largestOf = (values: Float32Array) =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Each variable's within 1e-4 of its own largest gradient. */
export function expectAlike(found: Gradients, expected: Gradients) {
  expect(Math.abs(found.loss - expected.loss), 'loss').toBeLessThan(1e-4 * expected.loss);
  const floor = rounding * Math.max(...expected.gradients.map(largestOf));
  for (const part of ['gradients', 'kept'] as const) {
    expect(found[part].length).toBe(expected[part].length);
    expected[part].forEach((values, i) => {
      const own = found[part][i] ?? new Float32Array();
      expect(own.length).toBe(values.length);
      const off = largestOf(values.map((value, k) => value - (own[k] ?? NaN)));
      expect(off, `${part} of variable ${i}`).toBeLessThan(1e-4 * largestOf(values) + floor);
    });
  }
}
