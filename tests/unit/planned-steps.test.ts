import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { startKernels, firstFreeByte } from '../../src/training/engine/kernels/kernels.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { createTensorSteps } from '../../src/training/engine/step-runner.ts';
import type { StepRunner } from '../../src/training/engine/steps.ts';
import { cases, configOf, dataOf, everyRow, specOf, type Case } from '../support/tiny-network.ts';

const kernels = startKernels(firstFreeByte + 2 ** 20);

test('a matrix product is what its definition says, transposed or not, at any size', () => {
  if (!kernels) throw new Error('no vectors here');
  const { floats } = kernels;
  const random = new Random(2);
  const [a, b, c, scratch] = [0, 1, 2, 3].map((i) => firstFreeByte + i * 2 ** 17);
  if (!a || !b || !c || !scratch) throw new Error('no room');
  for (let round = 0; round < 120; round++) {
    const [m, n, k] = [0, 0, 0].map(() => 1 + Math.floor(random.uniform() * 37));
    if (!m || !n || !k) continue;
    expect(kernels.gemmScratch(m, n, k)).toBeLessThan(2 ** 17);
    const [isA, isB, isAdded] = [round & 1, round & 2, round & 4];
    for (let i = 0; i < m * k; i++) floats[a / 4 + i] = random.uniform() - 0.5;
    for (let i = 0; i < n * k; i++) floats[b / 4 + i] = random.uniform() - 0.5;
    for (let i = 0; i < m * n; i++) floats[c / 4 + i] = i % 3;
    const [rowsA, columnsA] = isA ? [1, m] : [k, 1];
    const [rowsB, columnsB] = isB ? [1, k] : [n, 1];
    kernels.gemm(a, rowsA, columnsA, b, rowsB, columnsB, c, m, n, k, isAdded ? 1 : 0, scratch);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = isAdded ? (i * n + j) % 3 : 0;
        for (let p = 0; p < k; p++)
          sum +=
            (floats[a / 4 + i * rowsA + p * columnsA] ?? 0) *
            (floats[b / 4 + p * rowsB + j * columnsB] ?? 0);
        expect(Math.abs((floats[c / 4 + i * n + j] ?? NaN) - sum)).toBeLessThan(1e-5);
      }
  }
});

async function train(
  example: Case,
  create: (job: Parameters<typeof createTensorSteps>[0]) => StepRunner,
) {
  await startBackend('cpu');
  const network = buildNetwork(specOf(example), 3);
  const config = { ...configOf(example), batchSize: 8 };
  const train = dataOf(example);
  const runner = create({ network, backend: 'cpu', config, l2: config.l2, train });
  await runner.loadWeights();
  const random = new Random(9);
  // Whole batches, smaller ones, and the optimiser saved and restored between two steps.
  for (const [from, to] of [
    [0, 8],
    [8, 12],
    [2, 9],
    [0, 8],
  ] as const) {
    runner.step(everyRow.subarray(from, to), config.learningRate, random);
    runner.restoreOptimizer(await runner.saveOptimizer());
  }
  const losses = (await runner.readLosses()).map(({ sum }) => sum);
  await runner.storeWeights();
  const weights = new Float32Array((await network.pack()).bytes);
  const state = await runner.saveOptimizer();
  runner.dispose();
  network.dispose();
  return { losses, weights, slots: state.slots, steps: state.steps };
}

const planned = cases.filter(({ layers }) =>
  layers.every(({ type }) => type === 'dense' || type === 'dropout'),
);

test.each(planned)('$name: a planned step does what tfjs does', async (example) => {
  const expected = await train(example, createTensorSteps);
  const found = await train(example, (job) => {
    const runner = createPlannedSteps(job);
    if (!runner) throw new Error('it is not planned');
    return runner;
  });
  expect(found.steps).toBe(expected.steps);
  expect(found.slots.map(({ length }) => length)).toEqual(
    expected.slots.map(({ length }) => length),
  );
  const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
  expect(farthest(found.losses, expected.losses), 'losses').toBeLessThan(2e-5);
  expect(farthest(found.weights, expected.weights), 'weights').toBeLessThan(1e-5);
  found.slots.forEach((slot, i) => {
    expect(farthest(slot, expected.slots[i] ?? []), `slot ${i}`).toBeLessThan(2e-5);
  });
});

test('a network with layers that have no kernels is left to tfjs', async () => {
  await startBackend('cpu');
  const [example] = cases.filter(({ name }) => name === 'batch norm');
  if (!example) throw new Error('no such case');
  const network = buildNetwork(specOf(example), 3);
  const config = configOf(example);
  const job = { network, backend: 'wasm', config, l2: 0, train: dataOf(example) } as const;
  expect(createPlannedSteps(job)).toBeNull();
  network.dispose();
});
