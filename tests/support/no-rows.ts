/** What kernels make of no rows: nothing, but that no row gives no gradient, which is 0 and not what was there. */
import { expect } from 'vitest';
import type { Workspace } from '../../src/training/engine/kernels/workspace.ts';
import type { Differentiable, Machine } from './slopes.ts';

/** Of what is laid out without rows, there is still room for so many numbers. */
const room = 8;
const untouched = 0.625;

/** @param layOut of no rows */
export async function expectNothing(
  machine: Machine,
  layOut: (workspace: Workspace) => Differentiable,
) {
  const { inputs, constants, output, ways, slope } = layOut(machine.workspace);
  machine.workspace.placeScratch();
  await machine.build(() => {
    for (const { forward, backward } of ways) {
      forward();
      backward?.();
    }
  });
  const kept = [...constants, ...inputs].filter(({ values }) => values.length > 0);
  for (const { at, values } of kept) machine.write(at, values);
  const fill = (at: number, count: number) =>
    machine.write(at, new Float32Array(count).fill(untouched));
  const isLoss = slope === 0;
  fill(output.at, isLoss ? output.count : room);
  for (const [i, { forward, backward }] of ways.entries()) {
    const slopes = inputs.map(({ gradients, values }) => ({
      ...{ at: 0, ...gradients[i] },
      count: values.length,
    }));
    const [ofInputs, ofParameters] = [true, false].map((isInput) =>
      slopes.filter(({ count }) => (count === 0) === isInput),
    );
    if (!ofInputs || !ofParameters) throw new Error('unreachable');
    for (const { at } of ofInputs) fill(at, room);
    for (const { at, count } of ofParameters) fill(at, count);
    machine.run(
      () => {
        const loss = forward();
        backward?.();
        return loss;
      },
      isLoss ? output.at : 0,
    );
    for (const values of await machine.read(ofInputs.map(({ at }) => ({ at, count: room }))))
      expect(values, 'gradient of an input').toEqual(values.slice().fill(untouched));
    const found = await machine.read(ofParameters);
    ofParameters.forEach(({ before }, k) => {
      const values = found[k] ?? new Float32Array();
      expect(values, 'gradient').toEqual(values.slice().fill(before ? untouched : 0));
    });
  }
  const after = await machine.read(kept.map(({ at, values }) => ({ at, count: values.length })));
  kept.forEach(({ values }, i) => expect(after[i], 'what it computes with').toEqual(values));
  const [made] = await machine.read([{ at: output.at, count: isLoss ? output.count : room }]);
  expect(made, 'output').toEqual(made?.slice().fill(isLoss ? 0 : untouched));
}
