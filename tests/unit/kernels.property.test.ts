import fc from 'fast-check';
import { beforeAll, test } from 'vitest';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import { examples } from '../support/any-layer.ts';
import { expectAlike, gradients, networkOf } from '../support/network-gradients.ts';

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
        expectAlike(found, expected);
      }),
      { numRuns: 40, seed: 20 },
    );
  },
);
