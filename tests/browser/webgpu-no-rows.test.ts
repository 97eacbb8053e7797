/** Batches without rows on WebGPU. WebAssembly: unit/no-rows.test.ts. */
import { test } from 'vitest';
import { gpuMachine } from '../support/gpu-machine.ts';
import { functionsOf } from '../support/layer-slopes.ts';
import { expectNothing } from '../support/no-rows.ts';

test.each(functionsOf(0))('%s: no rows give nothing', async (_name, layOut) =>
  expectNothing(await gpuMachine(), layOut),
);
