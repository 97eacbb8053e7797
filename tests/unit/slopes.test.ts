import { expect, test } from 'vitest';
import { planActivation } from '../../src/training/engine/kernels/activation/plan.ts';
import type { LayerPlanners } from '../../src/training/engine/kernels/plan/plan-layer.ts';
import { functions, layerFunction } from '../support/layer-slopes.ts';
import type { LayerCase } from '../support/layer-table.ts';
import { slopesOf, slopeTolerance } from '../support/slopes.ts';
import { wasmMachine } from '../support/wasm-machine.ts';

test.each(functions)('%s: the gradient is that of the forward pass', async (_name, layOut) => {
  for (const { name, norm, error } of await slopesOf(wasmMachine(), layOut)) {
    expect(norm, `${name}: gradient`).toBeGreaterThan(0.1);
    expect(error, name).toBeLessThan(slopeTolerance);
  }
});

const tanh: LayerCase = {
  ...{ name: 'tanh', inputShape: [19] },
  layer: { type: 'activation', activation: 'tanh' },
};

test('a gradient that is 1 % off is found', async () => {
  const planners: LayerPlanners = {
    activation(layer, job, workspace) {
      const calls = planActivation(layer, job, workspace);
      return {
        ...calls,
        backward(rows) {
          workspace.kernels.scale(job.outputSlope, 1.01, rows * job.output.size);
          calls.backward(rows);
        },
      };
    },
  };
  const slopes = await slopesOf(wasmMachine(), (workspace) =>
    layerFunction(tanh, workspace, planners),
  );
  for (const { error } of slopes) expect(error).toBeGreaterThan(2 * slopeTolerance);
});
