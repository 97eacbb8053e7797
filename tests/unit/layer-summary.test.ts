import { beforeAll, expect, test } from 'vitest';
import { sizeOf } from '../../src/lib/shape.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { summaryOf } from '../../src/models/layer-summary.ts';
import { parameterCount } from '../../src/models/spec-schema.ts';
import type { LayerSpec, NetworkSpec } from '../../src/models/spec.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { cases, specOf } from '../support/tiny-network.ts';

beforeAll(() => startBackend('cpu'));

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** Numbers in a built network's variables, trainable or not, a layer each: variables are named by its place. */
function built(spec: NetworkSpec, isTrainable: boolean): number[] {
  const network = buildNetwork(spec, 1);
  const counts = spec.layers.map((_, i) =>
    sum(
      network.variables
        .filter(({ name, trainable }) => name.startsWith(`${i} `) && trainable === isTrainable)
        .map(({ shape }) => sizeOf(shape)),
    ),
  );
  network.dispose();
  return counts;
}

test.each(cases)('$name: each layer has as many numbers as its built variables', (example) => {
  const spec = specOf(example);
  const { inputShape, layers } = summaryOf(spec);
  expect(inputShape).toEqual(spec.inputShape);
  expect(layers.map(({ type }) => type)).toEqual(spec.layers.map(({ type }) => type));
  expect(layers.map(({ trainable }) => trainable)).toEqual(built(spec, true));
  expect(layers.map(({ kept }) => kept)).toEqual(built(spec, false));
  expect(sum(layers.map(({ trainable }) => trainable))).toBe(parameterCount(spec));
});

const relu = { activation: 'relu' } as const;
const rows = (inputShape: number[], ...layers: LayerSpec[]) =>
  summaryOf({ inputShape, layers }).layers.map(({ type, output, trainable, kept }) => [
    ...[type, output.join(' × '), trainable, kept],
  ]);

test('shapes and counts are those of Keras’s summary', () => {
  const convolution: LayerSpec = { type: 'convolution', filters: 8, size: [3, 3], ...relu };
  expect(
    rows(
      [28, 28, 1],
      { ...convolution, padding: 'same' },
      { type: 'batch-norm' },
      { type: 'max-pooling', size: [2, 2] },
      convolution,
      { type: 'flatten' },
      { type: 'dropout', rate: 0.5 },
      { type: 'dense', units: 10, activation: 'linear' },
    ),
  ).toEqual([
    ['convolution', '28 × 28 × 8', 80, 0],
    ['batch-norm', '28 × 28 × 8', 16, 16],
    ['max-pooling', '14 × 14 × 8', 0, 0],
    ['convolution', '12 × 12 × 8', 584, 0],
    ['flatten', '1152', 0, 0],
    ['dropout', '1152', 0, 0],
    ['dense', '10', 11_530, 0],
  ]);
  expect(
    rows(
      [40],
      { type: 'embedding', tokens: 1000, units: 16 },
      { type: 'lstm', units: 32, returnsSequence: true },
      { type: 'gru', units: 8, isBidirectional: true },
      { type: 'layer-norm' },
      { type: 'dense', units: 1, activation: 'linear' },
    ),
  ).toEqual([
    ['embedding', '40 × 16', 16_000, 0],
    ['lstm', '40 × 32', 6272, 0],
    ['gru', '16', 2016, 0],
    ['layer-norm', '16', 32, 0],
    ['dense', '1', 17, 0],
  ]);
});
