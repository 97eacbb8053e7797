/** Kernels on WebAssembly, for slopes.ts. */
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';
import type { Machine } from './slopes.ts';

export function wasmMachine(): Machine {
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
