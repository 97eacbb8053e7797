/** Operations of ours on the tensors of tfjs's WebGPU backend. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isFused } from '../../src/models/engine/fused/fused.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { compute, difference } from '../support/compare-backends.ts';
import {
  fusedExamples,
  ofEachKind,
  ofNoRows,
  optimized,
  optimizers,
} from '../support/fused-examples.ts';

beforeAll(() => startBackend('webgpu'));
afterAll(() => startBackend('cpu'));

test('each is one kernel, and with its gradients what the composition is on cpu', async () => {
  for (const { name, operation, kernel } of fusedExamples) {
    const expected = await compute('cpu', operation);
    const found = await compute('webgpu', operation);
    expect(found.shape, name).toEqual(expected.shape);
    expect(difference(found.output, expected.output), name).toBeLessThan(1e-4);
    expect(found.kernels, name).toContain(kernel);
    found.gradients.forEach((gradient, i) => {
      const off = difference(gradient, expected.gradients[i] ?? []);
      expect(off, `${name}: gradient ${i}`).toBeLessThan(1e-4);
    });
  }
});

// tfjs's own sums fail there on tensors without numbers, and with them the way to gradients.
test('no rows give no numbers', async () => {
  for (const { name, operation, kernel } of ofNoRows) {
    const found = await compute('webgpu', { ...operation, isDifferentiable: false });
    expect(found.kernels, name).toContain(kernel);
    expect(found.output, name).toEqual(new Float32Array(tf.util.sizeFromShape(found.shape)));
  }
});

test.each(optimizers)('$type takes the same steps by one kernel a variable', async (spec) => {
  const expected = await optimized('cpu', spec);
  const found = await optimized('webgpu', spec);
  expect(isFused('GlasshouseUpdate')).toBe(true);
  expect(found).toHaveLength(expected.length);
  found.forEach((values, i) => {
    expect(difference(values, expected[i] ?? [])).toBeLessThan(1e-4);
  });
});

/** Gradients by all inputs of an example of each kernel, which aren't read. */
function takeSteps(times: number) {
  for (let i = 0; i < times; i++)
    for (const { operation } of ofEachKind)
      tf.tidy(() => {
        const inputs = operation.shapes.map((shape) => tf.ones(shape));
        tf.grads((...given: tf.Tensor[]) => tf.sum(operation.run(...given)))(inputs);
      });
}

test('ten steps of them leave neither a tensor nor a byte', async () => {
  await startBackend('webgpu');
  const memory = () => {
    const { numTensors, ...others } = tf.memory();
    const { numBytesInGPU } = others as { numBytesInGPU?: number }; // that backend's own
    return { numTensors, numBytesInGPU };
  };
  takeSteps(2);
  const before = memory();
  expect(before.numBytesInGPU).toBeDefined();
  takeSteps(10);
  expect(memory()).toEqual(before);
});

test('a sequence takes tens of dispatches, not thousands', async () => {
  await startBackend('webgpu');
  const lstm = fusedExamples.find(({ name }) => name.startsWith('{"type":"lstm"'));
  const dispatched = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
  const inputs = (lstm?.operation.shapes ?? []).map((shape) => tf.ones(shape));
  const gradients = tf.grads((...given: tf.Tensor[]) =>
    tf.sum(lstm?.operation.run(...given) ?? tf.scalar(0)),
  )(inputs);
  await gradients[0]?.data();
  tf.dispose([...inputs, ...gradients]);
  const dispatches = dispatched.mock.calls.length;
  dispatched.mockRestore();
  expect(dispatches).toBeGreaterThan(5);
  expect(dispatches).toBeLessThan(40);
});
