/** Steps on WebGPU leave the device and tfjs with as much memory as before, however many losses go unread. */
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { memory } from '../../src/models/engine/tf.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createGpuFactorisationSteps } from '../../src/training/engine/kernels/webgpu/factorisation.ts';
import { createWebGpuSteps } from '../../src/training/engine/kernels/webgpu/steps.ts';
import { ofImages, ofSequences } from '../support/leaky-kinds.ts';
import { configOf, dataOf, everyRow, specOf, type Case } from '../support/tiny-network.ts';

/** Bytes of the device's buffers that are there. */
let bytes: () => number;

beforeAll(() => startBackend('cpu'));
beforeEach(() => {
  const created = vi.spyOn(GPUDevice.prototype, 'createBuffer');
  const destroyed = vi.spyOn(GPUBuffer.prototype, 'destroy');
  bytes = () => {
    const gone = new Set<unknown>(destroyed.mock.contexts);
    const live = created.mock.results.flatMap(({ type, value }) =>
      type === 'return' && !gone.has(value) ? [value.size] : [],
    );
    return live.reduce((sum, size) => sum + size, 0);
  };
});
afterEach(() => vi.restoreAllMocks());

const held = () => ({ bytes: bytes(), tensors: memory().numTensors });

const small: Case = {
  name: 'a dense layer',
  layers: [{ type: 'dense', units: 4, activation: 'tanh' }],
  outputs: 3,
};

/** More than the losses that there is room for, and so many that each step would show. */
test.each([
  [small.name, small, 10_000],
  [ofSequences.name, ofSequences, 30],
  [ofImages.name, ofImages, 30],
] as const)('%s', async (_name, example, steps) => {
  const { tensors } = held();
  const network = buildNetwork(specOf(example), 3);
  const config = { ...configOf(example), batchSize: 8 };
  const train = dataOf(example);
  const runner = await createWebGpuSteps({ network, backend: 'webgpu', config, l2: 0, train });
  if (!runner) throw new Error('no WebGPU here');
  await runner.loadWeights();
  const rows = everyRow.subarray(0, 8);
  const random = new Random(1);
  runner.step(rows, 1e-2, random);
  await runner.readLosses();
  const before = held();
  expect(before.bytes).toBeGreaterThan(0);
  for (let i = 0; i < steps; i++) runner.step(rows, 1e-2, random);
  expect(runner.unread).toBe(steps);
  const losses = await runner.readLosses();
  expect(held()).toEqual(before);
  expect(losses.length).toBe(steps);
  for (const loss of losses) {
    expect(loss.rows).toBe(8);
    expect(loss.sum).toBeGreaterThan(0);
  }
  expect(losses.at(-1)?.sum).toBeLessThan(losses[0]?.sum ?? 0);
  runner.dispose();
  network.dispose();
  expect(held()).toEqual({ bytes: 0, tensors });
});

test('a factorisation', async () => {
  const steps = await createGpuFactorisationSteps(
    {
      ...{ users: 3, items: 2, factors: 2, batchSize: 4, l2: 0, constant: 0 },
      optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 },
    },
    new Float32Array(15).fill(0.1),
  );
  if (!steps) throw new Error('no WebGPU here');
  const pairs = { users: [0, 1, 2, 2], items: [0, 1, 1, 0] };
  const step = () => {
    steps.step({ ...pairs, learned: { values: [1, 2, 3, 4] } }, 0.01);
    steps.step({ ...pairs, learned: { others: [1, 0, 0, 1] } }, 0.01);
  };
  step();
  await steps.readLosses();
  const before = bytes();
  for (let i = 0; i < 100; i++) step();
  expect((await steps.readLosses()).length).toBe(200);
  expect(bytes()).toBe(before);
  steps.dispose();
  expect(bytes()).toBe(0);
});
