/** The build without relaxed SIMD, which processors and browsers run that have no multiply and add in one. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { simd } from 'virtual:training-kernels';
import { startBackend } from '../../src/training/engine/backend.ts';
import { adoptKernelModule, kernelModule } from '../../src/training/engine/kernels/kernels.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { StepJob } from '../../src/training/engine/steps.ts';
import { examples } from '../support/any-layer.ts';
import { expectTrainedAlike, objectives } from '../support/any-objective.ts';
import { expectStepsByFormula } from '../support/any-factorisation.ts';
import { expectAlike, gradients, networkOf } from '../support/network-gradients.ts';
import { cases } from '../support/tiny-network.ts';
import { farthest, train } from '../support/train-tiny.ts';

const plain = new WebAssembly.Module(Uint8Array.from(Buffer.from(simd, 'latin1')));

beforeAll(async () => {
  await startBackend('cpu');
  expect(kernelModule(), 'another one is usual').not.toBe(plain);
  adoptKernelModule(plain);
  expect(kernelModule()).toBe(plain);
});

function planned(job: StepJob) {
  const runner = createPlannedSteps(job);
  if (!runner) throw new Error('it is not planned');
  return runner;
}

test.each(cases)('$name: a planned step does what tfjs does', async (example) => {
  const expected = await train(example, createTensorSteps);
  const found = await train(example, planned);
  expect(farthest(found.losses, expected.losses), 'losses').toBeLessThan(2e-5);
  expect(farthest(found.weights, expected.weights), 'weights').toBeLessThan(1e-5);
});

test.each(Object.entries(examples))(
  '%s of any size: loss and gradients are those of tfjs',
  async (_name, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.integer({ min: 1, max: 9 }), async (example, rows) => {
        const spec = networkOf(example);
        const found = await gradients(spec, example, rows, createPlannedSteps);
        expectAlike(found, await gradients(spec, example, rows, createTensorSteps));
      }),
      { numRuns: 6, seed: 31 },
    );
  },
);

test('any loss, penalty, clipping and optimiser: planned steps are those of tfjs', async () => {
  await fc.assert(
    fc.asyncProperty(objectives, (example) => expectTrainedAlike(example, planned)),
    { numRuns: 20, seed: 31 },
  );
});

test('a factorisation of any size goes down the gradient of its formula', () => {
  expectStepsByFormula({ numRuns: 20, seed: 31 });
});
