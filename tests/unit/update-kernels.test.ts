import { expect, it } from 'vitest';
import { applyUpdate, slotsOf } from '../../src/training/engine/kernels/update/plan.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';
import type { OptimizerSpec } from '../../src/training/run.ts';

const leastNormal = 2 ** -126;
const count = 8;
const specs: readonly OptimizerSpec[] = [
  { type: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
  { type: 'adam', beta1: 0.9, beta2: 0.95, epsilon: 1e-7, weightDecay: 0 },
  { type: 'adamw', beta1: 0.9, beta2: 0.95, epsilon: 1e-7, weightDecay: 0 },
  { type: 'rmsprop', decay: 0.9, epsilon: 1e-7, weightDecay: 0 },
];

it.each(specs)('what $type keeps of weights that nothing reaches is never subnormal', (spec) => {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no WebAssembly with vectors here');
  const { kernels } = workspace;
  const weights = workspace.reserve(count);
  const gradients = workspace.reserve(count);
  const slots = slotsOf(spec).map(() => workspace.reserve(count));
  const view = (at: number) => workspace.floats.subarray(at / 4, at / 4 + count);
  const at = { weights, gradients, slots, count };
  view(gradients).set([1e-3, -1e-3, 1, -1, 1e-12, -1e-12, 0, -0]);
  applyUpdate(kernels, spec, at, { rate: 0.01, steps: 1 });
  const moved = Array.from(view(weights));
  expect(moved.slice(0, 4).every((weight) => weight !== 0)).toBe(true);

  view(gradients).fill(0);
  for (let steps = 2; steps < 3000; steps++) {
    applyUpdate(kernels, spec, at, { rate: 0.01, steps });
    for (const slot of slots)
      for (const kept of view(slot))
        if (kept !== 0 && Math.abs(kept) < leastNormal)
          expect.fail(`${kept} is kept after ${steps} steps`);
  }
  expect(Array.from(view(weights)).every(Number.isFinite)).toBe(true);

  view(gradients).fill(NaN);
  applyUpdate(kernels, spec, at, { rate: 0.01, steps: 3000 });
  for (const place of [weights, ...slots]) expect(view(place).every(Number.isNaN)).toBe(true);
});
