import { expect, test } from 'vitest';
import { buildNetwork } from '../../src/models/engine/network.ts';
import type { NetworkSpec } from '../../src/models/spec.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createKernelForward } from '../../src/training/engine/forward.ts';
import { createPlannedForward } from '../../src/training/engine/kernels/planned-forward.ts';
import { outputsOn } from '../../src/training/engine/predict.ts';
import { cases, dataOf, everyRow, specOf } from '../support/tiny-network.ts';

test.each(cases)('$name: the kernels answer what tfjs answers', async (example) => {
  await startBackend('cpu');
  const network = buildNetwork(specOf(example), 3);
  const { features, width } = dataOf(example);
  const expected = await outputsOn(network, features, width, everyRow);
  const forward = createKernelForward(network.spec);
  if (!forward) throw new Error('no vectors here');
  forward.load(await network.pack());
  const found = await forward.outputs(features, width, everyRow);
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((found[i] ?? NaN) - value)).toBeLessThan(1e-5);
  });
  const odd = await forward.outputs(features, width, everyRow.subarray(5, 6));
  const perRow = expected.length / everyRow.length;
  odd.forEach((value, i) => {
    expect(Math.abs(value - (expected[5 * perRow + i] ?? NaN))).toBeLessThan(1e-5);
  });
  network.dispose();
});

test('weights of another network are refused, by the kernels as by tfjs', async () => {
  await startBackend('cpu');
  const spec = (units: number): NetworkSpec => ({
    inputShape: [3],
    layers: [
      { type: 'dense', units, activation: 'tanh' },
      { type: 'dense', units: 1, activation: 'linear' },
    ],
  });
  const other = buildNetwork(spec(5), 1);
  const network = buildNetwork(spec(4), 1);
  const own = await network.pack();
  for (const wrong of [await other.pack(), { ...own, bytes: own.bytes.slice(4) }])
    for (const forward of [createKernelForward(spec(4)), network])
      expect(() => forward?.load(wrong)).toThrow("The stored weights don't fit the model's layers");
  other.dispose();
  network.dispose();
});

test('one example of a small model takes less than a millisecond', async () => {
  await startBackend('cpu');
  const network = buildNetwork(
    {
      inputShape: [28, 28, 1],
      layers: [
        { type: 'convolution', filters: 8, size: [3, 3], activation: 'relu' },
        { type: 'max-pooling', size: [2, 2] },
        { type: 'flatten' },
        { type: 'dense', units: 10, activation: 'linear' },
      ],
    },
    1,
  );
  const forward = createPlannedForward(network.spec, 1);
  if (!forward) throw new Error('no vectors here');
  forward.load(await network.pack());
  const x = new Float32Array(784).fill(0.5);
  const times = Array.from({ length: 200 }, () => {
    const started = performance.now();
    forward.run(x, 1);
    return performance.now() - started;
  }).sort((a, b) => a - b);
  expect(times[100]).toBeLessThan(1);
  network.dispose();
});
