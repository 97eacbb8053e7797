/** Steps that are all taken in parts. */
import type { StepRunner } from '../../src/training/engine/steps.ts';

export function brokenUp(runner: StepRunner, told: () => void): StepRunner {
  // A copy wouldn't see what the runner's getters see later.
  return Object.create(runner, {
    step: {
      value: (...given: Parameters<StepRunner['step']>) => {
        if (!runner.stepInParts) throw new Error('it has no parts');
        const parts = runner.stepInParts(...given);
        while (!parts.next().done) told();
      },
    },
  }) as StepRunner;
}
