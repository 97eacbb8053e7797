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

function memoryOfGpu() {
  const { numTensors, ...others } = tf.memory();
  const { numBytesInGPU } = others as { numBytesInGPU?: number }; // that backend's own
  expect(numBytesInGPU).toBeDefined();
  return { numTensors, numBytesInGPU };
}

test('ten steps of them leave neither a tensor nor a byte', async () => {
  await startBackend('webgpu');
  takeSteps(2);
  const before = memoryOfGpu();
  takeSteps(10);
  expect(memoryOfGpu()).toEqual(before);
});

test('what tfjs has a name for runs on the tensors themselves, by kernels of ours', async () => {
  await startBackend('webgpu');
  const inputs = [
    [3, 9, 9, 4],
    [3, 3, 4, 8],
    [3, 3, 8, 1],
    [128, 5],
  ].map((shape) => tf.ones(shape));
  const gradients = () =>
    tf.grads((x, w, d, k) => {
      const convolved = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same');
      const deep = tf.depthwiseConv2d(convolved, d as tf.Tensor4D, 1, 'same');
      const pooled = tf.avgPool(tf.maxPool(deep, 2, 1, 'valid'), 2, 2, 'valid');
      return tf.matMul(tf.reshape(pooled, [3, 128]), k);
    })(inputs);
  /** Once more than what a step notes: all of it is submitted by then, and what was disposed of is gone. */
  const settle = async () => {
    const found = gradients();
    await found.at(-1)?.data();
    tf.dispose(found);
  };
  await settle();
  const before = memoryOfGpu();
  for (let i = 0; i < 10; i++) await settle();
  expect(memoryOfGpu()).toEqual(before);
  const copied = vi.spyOn(GPUCommandEncoder.prototype, 'copyBufferToBuffer');
  const pipelines = vi.spyOn(GPUComputePassEncoder.prototype, 'setPipeline');
  const found = gradients();
  const uploaded = 4 * 3 * 5; // tfjs's ones, with which gradients begin
  for (const copy of copied.mock.calls as unknown[][]) expect(copy[4]).toBe(uploaded);
  const labels = pipelines.mock.calls.map(([{ label }]) => label);
  copied.mockRestore();
  pipelines.mockRestore();
  for (const name of [
    ...['convolve, narrow tiles', 'convolve, kernel gradient, narrow tiles'],
    ...['convolve, input gradient, narrow tiles', 'gemm, narrow tiles', 'max pool'],
    ...['depthwise', 'depthwise, input gradient', 'depthwise, kernel gradient'],
    ...['max pool gradient', 'average pool gradient'],
  ])
    expect(labels).toContain(name);
  tf.dispose([...inputs, ...found]);
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
