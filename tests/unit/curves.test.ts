/** Whole models learn by planned steps as they do on tfjs's cpu backend, not for a step or two alone. */
import { test } from 'vitest';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { expectCpuCurve } from '../support/loss-curve.ts';
import { tinyModels } from '../support/tiny-models.ts';

test.each(tinyModels)('$name: fifty planned Adam steps follow the cpu curve', (example) =>
  expectCpuCurve(example, createPlannedSteps),
);
