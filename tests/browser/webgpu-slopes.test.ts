import { expect, test } from 'vitest';
import { recurrentShaders } from '../../src/training/engine/kernels/recurrent/shaders.ts';
import {
  gruGradientSteps,
  gruSteps,
  lstmGradientSteps,
  lstmSteps,
} from '../../src/training/engine/kernels/recurrent/stepwise.ts';
import { shaders } from '../../src/training/engine/kernels/webgpu/shaders.ts';
import { gpuMachine } from '../support/gpu-machine.ts';
import { functions } from '../support/layer-slopes.ts';
import { slopesOf, slopeTolerance } from '../support/slopes.ts';

async function expectSlopes(layOut: (typeof functions)[number][1]) {
  for (const { name, norm, error } of await slopesOf(await gpuMachine(), layOut)) {
    expect(norm, `${name}: gradient`).toBeGreaterThan(0.1);
    expect(error, name).toBeLessThan(slopeTolerance);
  }
}

test.each(functions)('%s: the gradient is that of the forward pass', (_name, layOut) =>
  expectSlopes(layOut),
);

/** As they go with more units than a workgroup holds. */
const inSteps = {
  lstm: lstmSteps,
  lstmGradient: lstmGradientSteps,
  gru: gruSteps,
  gruGradient: gruGradientSteps,
};

test.each(functions.filter(([name]) => /lstm|gru/.test(name)))(
  '%s, step by step: the gradient is that of the forward pass',
  async (_name, layOut) => {
    const whole = { ...shaders };
    for (const name of ['lstm', 'lstmGradient', 'gru', 'gruGradient'] as const)
      shaders[name] = {
        ...recurrentShaders[name],
        instead(values, recording) {
          inSteps[name](values, recording);
          return true;
        },
      };
    try {
      await expectSlopes(layOut);
    } finally {
      Object.assign(shaders, whole);
    }
  },
);
