import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { memory } from '../../src/models/engine/tf.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { layerPlanners } from '../../src/training/engine/kernels/plan/plan-layer.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';
import { createStepRunner, createTensorSteps } from '../../src/training/engine/step-runner.ts';
import { rowsOfParts, type StepJob, type StepRunner } from '../../src/training/engine/steps.ts';
import { brokenUp } from '../support/broken-up.ts';
import { cases } from '../support/tiny-network.ts';
import { farthest, train } from '../support/train-tiny.ts';

test('a matrix product is what its definition says, transposed or not, at any size', () => {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const random = new Random(2);
  const sizes = [1, 2, 3, 4, 5, 8, 9, 17, 37, 97, 401];
  const size = () => sizes[random.integer(sizes.length)] ?? 1;
  const most = 401 * 405;
  const [a, b, c] = [workspace.reserve(most), workspace.reserve(most), workspace.reserve(most)];
  workspace.needScratch(kernels.gemmScratch(401, 401, 401));
  workspace.placeScratch();
  const { floats, scratch } = workspace;
  for (let round = 0; round < 64; round++) {
    const [m, n, k] = [size(), size(), size()];
    const [isA, isB, isAdded] = [round & 1, round & 2, round & 4];
    const wide = n + (round & 8 ? 3 : 0);
    for (let i = 0; i < m * k; i++) floats[a / 4 + i] = random.uniform() - 0.5;
    for (let i = 0; i < n * k; i++) floats[b / 4 + i] = random.uniform() - 0.5;
    for (let i = 0; i < m * wide; i++) floats[c / 4 + i] = i % 3;
    const [rowsA, columnsA] = isA ? [1, m] : [k, 1];
    const [rowsB, columnsB] = isB ? [1, k] : [n, 1];
    const added = isAdded ? 1 : 0;
    kernels.gemm(a, rowsA, columnsA, b, rowsB, columnsB, c, wide, m, n, k, added, scratch);
    let worst = 0;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < wide; j++) {
        let sum = isAdded || j >= n ? (i * wide + j) % 3 : 0;
        if (j < n)
          for (let p = 0; p < k; p++)
            sum +=
              (floats[a / 4 + i * rowsA + p * columnsA] ?? 0) *
              (floats[b / 4 + p * rowsB + j * columnsB] ?? 0);
        worst = Math.max(worst, Math.abs((floats[c / 4 + i * wide + j] ?? NaN) - sum));
      }
    expect(worst, `${m} × ${n} × ${k}`).toBeLessThan(1e-5);
  }
});

function planned(job: StepJob, pieceOperations?: number): StepRunner {
  const runner = createPlannedSteps(job, {
    ...(pieceOperations !== undefined && { pieceOperations }),
  });
  if (!runner) throw new Error('it is not planned');
  return runner;
}

test.each(cases)('$name: a planned step does what tfjs does', async (example) => {
  const expected = await train(example, createTensorSteps);
  const found = await train(example, planned);
  expect(found.steps).toBe(expected.steps);
  expect(found.slots.map(({ length }) => length)).toEqual(
    expected.slots.map(({ length }) => length),
  );
  expect(farthest(found.losses, expected.losses), 'losses').toBeLessThan(2e-5);
  expect(farthest(found.weights, expected.weights), 'weights').toBeLessThan(1e-5);
  found.slots.forEach((slot, i) => {
    expect(farthest(slot, expected.slots[i] ?? []), `slot ${i}`).toBeLessThan(2e-5);
  });
});

test.each([
  ['planned', planned],
  ['tfjs', createTensorSteps],
] as const)('%s: a batch computed in parts is the batch computed whole', async (_name, create) => {
  for (const name of ['dropout', 'lstm', 'L1 and L2', 'weighted classes']) {
    const example = cases.find((one) => one.name === name);
    if (!example) throw new Error(`no case ${name}`);
    const whole = await train(example, create);
    const before = memory().numTensors;
    const parts = await train(example, create, 3);
    expect(memory().numTensors, `${name}: tensors left`).toBe(before);
    expect(farthest(parts.losses, whole.losses), `${name}: losses`).toBeLessThan(1e-5);
    expect(farthest(parts.weights, whole.weights), `${name}: weights`).toBeLessThan(1e-6);
  }
});

test('parts of a batch are about alike, and even where they may be', () => {
  expect(rowsOfParts(32, 32)).toBe(32);
  expect(rowsOfParts(7, 32)).toBe(7);
  expect(rowsOfParts(33, 16)).toBe(12);
  expect(rowsOfParts(8, 3)).toBe(3);
  expect(rowsOfParts(512, 256)).toBe(256);
});

test.each(cases)('$name: a step in pieces is the step, to the last bit', async (example) => {
  for (const microBatch of [8, 4]) {
    const whole = await train(example, planned, microBatch);
    const pieces: number[] = [];
    for (const pieceOperations of [Infinity, 1]) {
      let breaks = 0;
      const create = (job: StepJob) => brokenUp(planned(job, pieceOperations), () => breaks++);
      expect(await train(example, create, microBatch)).toEqual(whole);
      pieces.push(breaks);
    }
    expect(pieces[1]).toBeGreaterThan(1.3 * (pieces[0] ?? NaN));
  }
});

test('a network with a layer of a kind without kernels is trained by tfjs', async () => {
  const example = cases.find(({ name }) => name === 'masked lstm');
  if (!example) throw new Error('no such case');
  const { lstm, ...others } = layerPlanners;
  expect(lstm).toBeDefined();
  const plan = (job: StepJob) => createPlannedSteps(job, { planners: others });
  await train(example, (job) => {
    expect(plan(job)).toBeNull();
    return createTensorSteps(job);
  });
  const found = await train(example, (job) =>
    createStepRunner({ ...job, backend: 'wasm' }, plan, () => Promise.resolve()),
  );
  expect(found).toEqual(await train(example, createTensorSteps));
});
