/** Batches without rows on WebAssembly. WebGPU: browser/webgpu-no-rows.test.ts. */
import { expect, test } from 'vitest';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';
import { functionsOf } from '../support/layer-slopes.ts';
import { expectNothing } from '../support/no-rows.ts';
import { wasmMachine } from '../support/wasm-machine.ts';

test.each(functionsOf(0))('%s: no rows give nothing', (_name, layOut) =>
  expectNothing(wasmMachine(), layOut),
);

test('optimisers, clipping and endings of products leave the memory as it is', () => {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const [a, b, c, d] = [0, 1, 2, 3].map(() => workspace.reserve(16));
  if (!a || !b || !c || !d) throw new Error('unreachable');
  workspace.floats.fill(0.625);
  const before = workspace.floats.slice();
  kernels.updateSgd(a, b, c, 0, 0.1, 0.9, 1, 0.1);
  kernels.updateAdam(a, b, c, d, 0, 0.1, 1, 0.9, 0.999, 1e-7, 0.1, 1);
  kernels.updateRmsprop(a, b, c, 0, 0.1, 0.9, 1e-7, 0.1);
  kernels.clip(a, 0, 0.1);
  kernels.clipNorm(a, 0, 0.1);
  kernels.regularise(a, b, 0, 0.1, 0.1);
  for (let kind = 0; kind < 9; kind++)
    for (const [rows, columns] of [
      [0, 3],
      [3, 0],
    ] as const) {
      kernels.addBiasActivate(a, b, c, rows, columns, kind);
      kernels.activationGradient(a, b, c, rows * columns, kind);
    }
  expect(workspace.floats).toEqual(before);
});
