import { expect, test } from 'vitest';
import { planActivation } from '../../src/training/engine/kernels/activation/plan.ts';
import type { LayerPlanners } from '../../src/training/engine/kernels/plan/plan-layer.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';
import { functions, layerFunction } from '../support/layer-slopes.ts';
import type { LayerCase } from '../support/layer-table.ts';
import { slopesOf, slopeTolerance, type Machine } from '../support/slopes.ts';

function wasm(): Machine {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  return {
    workspace,
    build: () => Promise.resolve(),
    write: (at, values) => workspace.floats.set(values, at / 4),
    run(calls, lossAt) {
      const loss = calls();
      if (lossAt !== 0) workspace.floats[lossAt / 4] = Number(loss);
    },
    read: (ranges) =>
      Promise.resolve(
        ranges.map(({ at, count }) => workspace.floats.slice(at / 4, at / 4 + count)),
      ),
  };
}

test.each(functions)('%s: the gradient is that of the forward pass', async (_name, layOut) => {
  for (const { name, norm, error } of await slopesOf(wasm(), layOut)) {
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
  const slopes = await slopesOf(wasm(), (workspace) => layerFunction(tanh, workspace, planners));
  for (const { error } of slopes) expect(error).toBeGreaterThan(2 * slopeTolerance);
});
