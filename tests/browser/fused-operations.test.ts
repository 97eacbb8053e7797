import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import { isFused } from '../../src/models/engine/fused/fused.ts';
import { applyLayer } from '../../src/models/engine/layers/apply.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createOptimizer } from '../../src/training/engine/optimizer.ts';
import { compute, difference, held, slopeError } from '../support/compare-backends.ts';
import {
  fusedExamples,
  ofEachKind,
  ofNoRows,
  optimized,
  optimizers,
} from '../support/fused-examples.ts';

test('each is one kernel on wasm, and with its gradients what the composition is on cpu', async () => {
  for (const { name, operation, kernel } of fusedExamples) {
    const expected = await compute('cpu', operation);
    const found = await compute('wasm', operation);
    expect(found.shape, name).toEqual(expected.shape);
    expect(difference(found.output, expected.output), name).toBeLessThan(1e-4);
    expect(found.kernels, name).toContain(kernel);
    expect(expected.kernels, name).not.toContain(kernel);
    found.gradients.forEach((gradient, i) => {
      const off = difference(gradient, expected.gradients[i] ?? []);
      expect(off, `${name}: gradient ${i}`).toBeLessThan(1e-4);
    });
  }
});

test('no rows give no numbers, and gradients of 0', async () => {
  for (const { name, operation, kernel } of ofNoRows) {
    const found = await compute('wasm', operation);
    expect(found.kernels, name).toContain(kernel);
    expect(found.output, name).toEqual(new Float32Array(tf.util.sizeFromShape(found.shape)));
    found.gradients.forEach((gradient, i) => {
      const size = tf.util.sizeFromShape(operation.shapes[i] ?? []);
      expect(gradient, `${name}: gradient ${i}`).toEqual(new Float32Array(size));
    });
  }
});

test.each(['cpu', 'wasm'] as const)(
  '%s: a batch norm of no rows leaves the moving averages as they are',
  async (backend) => {
    await startBackend(backend);
    const variables = [1, 0, 2, 3].map((value) =>
      tf.tidy(() => tf.variable(tf.fill([4], value), false)),
    );
    const y = tf.tidy(() =>
      applyLayer({ type: 'batch-norm' }, [tf.zeros([0, 4])], variables, {
        ...{ training: true, key: 5, place: 3, firstRow: 0, mask: null },
        ...{ inputShapes: [[4]], outputShape: [4] },
      }),
    );
    expect(y.shape).toEqual([0, 4]);
    const averages = variables.slice(2).flatMap((average) => [...average.dataSync()]);
    expect(averages).toEqual([2, 2, 2, 2, 3, 3, 3, 3]);
    tf.dispose([y, ...variables]);
  },
);

test('their gradients are the slopes', async () => {
  for (const { name, operation } of fusedExamples.filter((_, i) => i % 3 === 0))
    expect(await slopeError('wasm', operation), name).toBeLessThan(1e-2);
});

test.each(optimizers)('$type takes the same steps by one kernel a variable', async (spec) => {
  const expected = await optimized('cpu', spec);
  const found = await optimized('wasm', spec);
  expect(isFused('GlasshouseUpdate')).toBe(true);
  expect(found).toHaveLength(expected.length);
  found.forEach((values, i) => {
    // 1 − 0.999 has 14 bits in float32.
    expect(difference(values, expected[i] ?? [])).toBeLessThan(1e-4);
  });
});

test('a thousand steps of them leave neither a tensor nor a byte', async () => {
  await startBackend('wasm');
  expect(ofEachKind).toHaveLength(9);
  const inputs = ofEachKind.map(({ operation }) => operation.shapes.map((shape) => tf.ones(shape)));
  const weights = [3, 8].map((size) => tf.tidy(() => tf.variable(tf.ones([size]))));
  const slopes = weights.map((weight) => tf.onesLike(weight));
  const updates = optimizers.map((spec) => createOptimizer(spec, weights));
  const step = () => {
    ofEachKind.forEach(({ operation }, i) => {
      const gradients = tf.tidy(() =>
        tf.grads((...given: tf.Tensor[]) => tf.sum(operation.run(...given)))(inputs[i] ?? []),
      );
      tf.dispose(gradients);
    });
    for (const optimizer of updates) optimizer.apply(slopes, 1e-3);
  };
  for (let i = 0; i < 50; i++) step();
  const before = held();
  for (let i = 0; i < 1000; i++) step();
  expect(held()).toEqual(before);
  for (const optimizer of updates) optimizer.dispose();
  tf.dispose([...inputs.flat(), ...weights, ...slopes]);
});

afterAll(() => startBackend('cpu'));
