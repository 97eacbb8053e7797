import { expect, test } from 'vitest';
import { placeWindow } from '../../src/training/engine/kernels/convolution/plan.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';

/** Of one image of one window, [size, size, channels]. */
function maxOf(values: readonly number[], size: number, channels: number): number[] {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const x = workspace.reserve(values.length);
  const y = workspace.reserve(channels);
  const chosen = workspace.reserve(channels);
  const window = placeWindow(
    workspace,
    {
      ...{ inHeight: size, inWidth: size, outHeight: 1, outWidth: 1 },
      ...{ height: size, width: size, strideY: size, strideX: size, top: 0, left: 0 },
    },
    channels,
  );
  workspace.floats.set(values, x / 4);
  workspace.kernels.maxPool(x, y, chosen, window, 1);
  return Array.from(workspace.floats.subarray(y / 4, y / 4 + channels));
}

// Two by two of whole vectors has code of its own.
test.each([
  [2, 4],
  [2, 3],
  [3, 4],
])('a NaN in a window of %i stays its largest, of %i channels', (size, channels) => {
  const places = size * size;
  const plain = Array.from({ length: places * channels }, (_, i) => (i % 7) - 9);
  expect(maxOf(plain, size, channels).some(Number.isNaN)).toBe(false);
  for (let place = 0; place < places; place++) {
    const values = plain.with(place * channels, NaN);
    const [first, ...others] = maxOf(values, size, channels);
    expect(first, `at place ${place}`).toBeNaN();
    expect(others.some(Number.isNaN)).toBe(false);
  }
});
