import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import { examples, gradients, networkOf } from '../support/any-layer.ts';

beforeAll(() => startBackend('cpu'));

test.each(Object.entries(examples))(
  '%s of any size: loss and gradients are those of tfjs',
  { timeout: 120_000 },
  async (_name, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.integer({ min: 1, max: 9 }), async (example, rows) => {
        const spec = networkOf(example);
        const found = await gradients(spec, example, rows, createPlannedSteps);
        const expected = await gradients(spec, example, rows, createTensorSteps);
        const largest = expected.weights.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-2);
        expect(Math.abs(found.loss - expected.loss)).toBeLessThan(1e-4 * (1 + expected.loss));
        expected.weights.forEach((gradient, i) => {
          expect(Math.abs((found.weights[i] ?? NaN) - gradient)).toBeLessThan(1e-4 * largest);
        });
      }),
      { numRuns: 40, seed: 20 },
    );
  },
);
