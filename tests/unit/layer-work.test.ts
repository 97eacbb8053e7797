import { expect, test } from 'vitest';
import { multiplyAdds } from '../../src/models/layer-work.ts';
import type { LayerSpec } from '../../src/models/spec.ts';

const relu = { activation: 'relu' } as const;
const of = (inputShape: number[], ...layers: LayerSpec[]) => multiplyAdds({ inputShape, layers });

test('kernels are counted as often as they are applied', () => {
  expect(of([20], { type: 'dense', units: 3, ...relu })).toBe(20 * 3);
  expect(of([7, 20], { type: 'dense', units: 3, ...relu })).toBe(7 * 20 * 3);
  const window = { size: [3, 3], padding: 'same' as const };
  const convolution = { ...window, ...relu };
  expect(of([28, 28, 1], { type: 'convolution', filters: 16, ...convolution })).toBe(
    28 * 28 * 9 * 16,
  );
  expect(
    of([28, 28, 4], { type: 'convolution', filters: 16, strides: [2, 2], ...convolution }),
  ).toBe(14 * 14 * 9 * 4 * 16);
  expect(of([8, 8, 5], { type: 'depthwise-convolution', ...convolution })).toBe(8 * 8 * 9 * 5);
  expect(
    of(
      [8, 8, 5],
      { type: 'transposed-convolution', filters: 2, strides: [2, 2], ...convolution },
      { type: 'global-average-pooling' },
    ),
  ).toBe(8 * 8 * 9 * 5 * 2);
});

test('a sequence is gone through step by step, and attention compares each with all', () => {
  const embedding = { type: 'embedding', tokens: 50, units: 8 } as const;
  expect(of([10], embedding)).toBe(0);
  expect(of([10], embedding, { type: 'lstm', units: 6 })).toBe(10 * 4 * 6 * (8 + 6));
  expect(of([10], embedding, { type: 'gru', units: 6, isBidirectional: true })).toBe(
    2 * 10 * 3 * 6 * (8 + 6),
  );
  expect(of([10], embedding, { type: 'attention', heads: 2 })).toBe(
    10 * 4 * 8 * 8 + 2 * 10 * 10 * 8,
  );
});
