/** What small networks are trained for and how, for property tests: losses, penalties, clipping and optimisers. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { activations } from '../../src/models/spec.ts';
import type { ClippingSpec, OptimizerSpec } from '../../src/training/run.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { Case } from './tiny-network.ts';
import { farthest, train } from './train-tiny.ts';

const share = (most: number) => fc.double({ min: 0, max: most, noNaN: true });
const fraction = fc.double({ min: 0.5, max: 0.99, noNaN: true });
/** Where a gradient is all rounding, a smaller one would make a step of it. */
const epsilon = 1e-2;

const optimizer: fc.Arbitrary<OptimizerSpec> = fc.oneof(
  fc.record({
    type: fc.constant('sgd' as const),
    ...{ momentum: fc.oneof(fc.constant(0), fraction), nesterov: fc.boolean() },
    weightDecay: share(0.3),
  }),
  fc.record({
    type: fc.constantFrom('adam' as const, 'adamw' as const),
    ...{ beta1: fraction, beta2: fraction, epsilon: fc.constant(epsilon), weightDecay: share(0.3) },
  }),
  fc.record({
    type: fc.constant('rmsprop' as const),
    ...{ decay: fraction, epsilon: fc.constant(epsilon), weightDecay: share(0.3) },
  }),
);

const clipping: fc.Arbitrary<ClippingSpec> = fc.record({
  type: fc.constantFrom('norm' as const, 'value' as const),
  limit: fc.double({ min: 0.01, max: 2, noNaN: true }),
});

/** 1: squared error of a number; 2: one logit; more: a logit a class. */
const outputs = fc.constantFrom(1, 2, 3, 4, 5, 8, 9, 17);

export const objectives: fc.Arbitrary<Case> = fc
  .record(
    {
      ...{ outputs, optimizer, weighted: fc.boolean() },
      units: fc.constantFrom(1, 3, 4, 5, 8, 9),
      activation: fc.constantFrom(...activations),
      ...{ l1: share(0.1), l2: share(0.5), clipping },
    },
    { requiredKeys: ['outputs', 'optimizer', 'units', 'activation'] },
  )
  .map(({ units, activation, ...rest }) => ({
    name: 'any objective',
    layers: [{ type: 'dense', units, activation }],
    ...rest,
  }));

/** What float32 makes of a weight in four steps. */
const rounding = 1e-6;

const largestOf = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Losses, what is taken off each variable and what is kept beside it are within 1e-4 of tfjs's. */
export async function expectTrainedAlike(
  example: Case,
  create: (job: StepJob) => StepRunner | Promise<StepRunner>,
) {
  const expected = await train(example, createTensorSteps);
  const found = await train(example, create);
  expect(found.steps).toBe(expected.steps);
  expect(farthest(found.losses, expected.losses), 'losses').toBeLessThan(
    1e-4 * largestOf(expected.losses),
  );
  let from = 0;
  for (const [i, size] of expected.sizes.entries()) {
    const [before, own, other] = [expected.start, found.weights, expected.weights].map((values) =>
      values.subarray(from, from + size),
    );
    if (!before || !own || !other) throw new Error('unreachable');
    from += size;
    const change = farthest(other, before);
    expect(farthest(own, other), `variable ${i}`).toBeLessThan(1e-4 * change + rounding);
  }
  expect(found.slots.length).toBe(expected.slots.length);
  found.slots.forEach((slot, i) => {
    const other = expected.slots[i] ?? [];
    expect(farthest(slot, other), `slot ${i}`).toBeLessThan(1e-4 * largestOf(other) + rounding);
  });
}
