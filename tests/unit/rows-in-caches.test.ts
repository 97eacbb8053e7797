import { expect, test } from 'vitest';
import type { LayerSpec, NetworkSpec } from '../../src/models/spec.ts';
import { rowsInCaches } from '../../src/training/engine/kernels/rows-in-caches.ts';
import { countWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';
import { planNetwork } from '../../src/training/engine/kernels/plan/network-plan.ts';

const dense = (units: number): LayerSpec => ({ type: 'dense', units, activation: 'relu' });
const image: LayerSpec[] = [
  { type: 'convolution', size: [3, 3], filters: 16, padding: 'same', activation: 'relu' },
  { type: 'max-pooling', size: [2, 2] },
  { type: 'flatten' },
  dense(10),
];
const spec = (layers: LayerSpec[]): NetworkSpec => ({ inputShape: [28, 28, 1], layers });

const bytesOf = (network: NetworkSpec, rows: number) =>
  countWorkspace((counter) => planNetwork(network, { rows, isTraining: true }, counter))?.bytes ??
  NaN;

test('large batches of much that is passed on are taken in parts that the caches hold', () => {
  const rows = rowsInCaches({ spec: spec(image), batch: 512 });
  expect(rows % 2).toBe(0);
  expect(bytesOf(spec(image), rows)).toBeLessThan(4.5e6);
  expect(bytesOf(spec(image), rows + 4)).toBeGreaterThan(4 * 2 ** 20);
  expect(rowsInCaches({ spec: spec(image), batch: 10_000 })).toBeCloseTo(rows, -1);
});

test('batches stay whole that are small, or whose rows are normed together', () => {
  expect(rowsInCaches({ spec: spec(image), batch: 32 })).toBe(32);
  expect(rowsInCaches({ spec: spec([...image, { type: 'batch-norm' }]), batch: 512 })).toBe(512);
  const flat: NetworkSpec = { inputShape: [784], layers: [dense(128), dense(10)] };
  expect(rowsInCaches({ spec: flat, batch: 512 })).toBe(512);
});

test('the more weights there are, the more rows share the sum of their gradients', () => {
  const wide: NetworkSpec = { inputShape: [2000], layers: [dense(2000), dense(10)] };
  const rows = rowsInCaches({ spec: wide, batch: 10_000 });
  const weights = 2000 * 2010 + 2010;
  expect((bytesOf(wide, rows) - bytesOf(wide, 1)) / (8 * weights)).toBeCloseTo(1, 1);
});

test('there are never fewer rows in a part than products are quick for', () => {
  const large: NetworkSpec = { inputShape: [300, 300, 3], layers: image };
  expect(rowsInCaches({ spec: large, batch: 64 })).toBe(16);
  expect(rowsInCaches({ spec: large, batch: 7 })).toBe(7);
});
