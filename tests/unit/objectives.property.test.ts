import fc from 'fast-check';
import { test } from 'vitest';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { expectTrainedAlike, objectives } from '../support/any-objective.ts';

test('any loss, penalty, clipping and optimiser: planned steps are those of tfjs', async () => {
  await fc.assert(
    fc.asyncProperty(objectives, (example) =>
      expectTrainedAlike(example, (job) => {
        const runner = createPlannedSteps(job);
        if (!runner) throw new Error('it is not planned');
        return runner;
      }),
    ),
    { numRuns: 150, seed: 23 },
  );
});
