import { beforeAll, expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import {
  createParallelSteps,
  type ParallelOptions,
} from '../../src/training/engine/parallel/parallel-steps.ts';
import { shareOf } from '../../src/training/engine/parallel/protocol.ts';
import type { HelperPort } from '../../src/training/helper-port.ts';
import type { OptimizerState } from '../../src/training/engine/optimizer.ts';
import type { StepJob, StepRunner } from '../../src/training/engine/steps.ts';
import { brokenUp } from '../support/broken-up.ts';
import { channelHelper, threadHelpers, threads } from '../support/shard-helpers.ts';
import { cases, configOf, dataOf, everyRow, specOf, type Case } from '../support/tiny-network.ts';

let startThread: () => HelperPort;

beforeAll(async () => {
  await startBackend('cpu');
  startThread = await threadHelpers();
}, 60_000);

const byMessages = { averageEvery: 1, startHelper: channelHelper, isShared: false };
const byMemory = () => ({ averageEvery: 1, startHelper: startThread, isShared: true });

const several = (options: ParallelOptions) => async (job: StepJob) => {
  const runner = await createParallelSteps(job, options);
  if (!runner) throw new Error('several workers are refused');
  return runner;
};

function planned(job: StepJob): StepRunner {
  const runner = createPlannedSteps(job);
  if (!runner) throw new Error('it is not planned');
  return runner;
}

/** Whole batches, odd ones, one that has fewer rows than there are workers. */
const batches = [
  [0, 8],
  [8, 12],
  [2, 9],
  [5, 6],
  [0, 8],
  [4, 12],
  [3, 5],
] as const;

async function train(
  example: Case,
  create: (job: StepJob) => StepRunner | Promise<StepRunner>,
  { steps = 20, microBatch }: { steps?: number; microBatch?: number } = {},
) {
  const network = buildNetwork(specOf(example), 3);
  const config = { ...configOf(example), batchSize: 8 };
  const train = dataOf(example);
  const runner = await create({
    ...{ network, backend: 'wasm', config, l2: config.l2, train },
    ...(microBatch !== undefined && { microBatch }),
  });
  try {
    await runner.loadWeights();
    const random = new Random(9);
    for (let i = 0; i < steps; i++) {
      const [from, to] = batches[i % batches.length] ?? [0, 8];
      runner.step(everyRow.subarray(from, to), config.learningRate, random);
      await runner.pending;
      if (i % 6 === 5 && !runner.isBetweenAverages)
        runner.restoreOptimizer(await runner.saveOptimizer());
    }
    await runner.storeWeights();
    const losses = (await runner.readLosses()).map(({ sum }) => sum);
    const weights = new Float32Array((await network.pack()).bytes);
    return { losses, weights, optimizer: await runner.saveOptimizer() };
  } finally {
    runner.dispose();
    network.dispose();
  }
}

function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
}

const hasBatchNorm = ({ layers }: Case) => layers.some(({ type }) => type === 'batch-norm');

function caseOf(name: string): Case {
  const example = cases.find((one) => one.name === name);
  if (!example) throw new Error(`no case ${name}`);
  return example;
}

test('a batch is shared out without a gap, in pairs of rows', () => {
  for (let rows = 0; rows < 40; rows++)
    for (let workers = 1; workers < 9; workers++) {
      let end = 0;
      for (let worker = 0; worker < workers; worker++) {
        const [from, to] = shareOf(rows, worker, workers);
        expect(from).toBe(end);
        expect(to).toBeGreaterThanOrEqual(from);
        expect(from % 2 === 0 || from === rows).toBe(true);
        expect(to - from).toBeLessThanOrEqual(shareOf(rows, 0, workers)[1]);
        end = to;
      }
      expect(end).toBe(rows);
    }
});

test.each(cases.filter((example) => !hasBatchNorm(example)))(
  '$name: two and three workers do what one does',
  async (example) => {
    const one = await train(example, planned);
    for (const workers of [2, 3]) {
      const found = await train(example, several({ ...byMessages, workers }));
      expect(farthest(found.losses, one.losses), 'losses').toBeLessThan(1e-5);
      expect(farthest(found.weights, one.weights), 'weights').toBeLessThan(1e-6);
      expect(found.optimizer.steps).toBe(one.optimizer.steps);
      found.optimizer.slots.forEach((slot, i) => {
        expect(farthest(slot, one.optimizer.slots[i] ?? []), `slot ${i}`).toBeLessThan(1e-5);
      });
    }
  },
);

test.each(['dropout', 'convolution', 'adamw', 'L1 and L2'])(
  '%s: threads over shared memory do to the bit what messages do, in every run',
  async (name) => {
    const example = caseOf(name);
    const expected = await train(example, several({ ...byMessages, workers: 3 }));
    for (let run = 0; run < 2; run++)
      expect(await train(example, several({ ...byMemory(), workers: 3 }))).toEqual(expected);
  },
);

test.each(['dropout', 'L1 and L2', 'adamw', 'rmsprop', 'sgd (Nesterov)', 'clipping by value'])(
  '%s: workers that update a slice each do to the bit what workers do that update all',
  async (name) => {
    const example = caseOf(name);
    for (const workers of [2, 4]) {
      const all = await train(example, several({ ...byMemory(), workers }));
      const slices = several({ ...byMemory(), workers, sharedUpdateFrom: 0 });
      expect(await train(example, slices)).toEqual(all);
    }
  },
);

test.each([1, 4])(
  'averaged every %i: steps with breaks in them are those without, to the last bit',
  async (averageEvery) => {
    for (const way of [byMessages, byMemory()]) {
      const create = several({ ...way, workers: 2, averageEvery });
      const whole = await train(caseOf('dropout'), create, { steps: 14 });
      let breaks = 0;
      const broken = async (job: StepJob) => brokenUp(await create(job), () => breaks++);
      expect(await train(caseOf('dropout'), broken, { steps: 14 })).toEqual(whole);
      expect(breaks).toBeGreaterThan(14);
    }
  },
);

test('shares that are computed in parts are those computed whole', async () => {
  for (const name of ['dropout', 'weighted classes']) {
    const one = await train(caseOf(name), planned);
    const parts = several({ ...byMessages, workers: 2 });
    const found = await train(caseOf(name), parts, { microBatch: 2 });
    expect(farthest(found.weights, one.weights), name).toBeLessThan(1e-6);
  }
});

test('with batch norm gradients are not summed: it is one worker', async () => {
  await expect(train(caseOf('batch norm'), several({ ...byMessages, workers: 2 }))).rejects.toThrow(
    'several workers are refused',
  );
});

/** k steps each by batches of one's own, then the mean by rows of all that training changes: with plain planned steps. */
async function localSgd(example: Case, workers: number, averageEvery: number, steps: number) {
  const config = { ...configOf(example), batchSize: 8 };
  const train = dataOf(example);
  const random = new Random(9);
  const crew = Array.from({ length: workers }, () => {
    const network = buildNetwork(specOf(example), 3);
    return { network, runner: planned({ network, backend: 'wasm', config, l2: config.l2, train }) };
  });
  for (const { runner } of crew) await runner.loadWeights();
  const losses: number[] = [];
  for (let begin = 0; begin < steps; begin += workers * averageEvery) {
    const rows = new Array<number>(workers).fill(0);
    const end = Math.min(steps, begin + workers * averageEvery);
    for (let i = begin; i < end; i++) {
      const [from, to] = batches[i % batches.length] ?? [0, 8];
      const worker = (i - begin + 1) % workers;
      crew[worker]?.runner.step(everyRow.subarray(from, to), config.learningRate, random);
      for (const { sum } of (await crew[worker]?.runner.readLosses()) ?? []) losses.push(sum);
      rows[worker] = (rows[worker] ?? 0) + to - from;
    }
    const total = rows.reduce((sum, count) => sum + count, 0);
    const states: { weights: Float32Array; optimizer: OptimizerState }[] = [];
    for (const { network, runner } of crew) {
      await runner.storeWeights();
      const weights = new Float32Array((await network.pack()).bytes);
      states.push({ weights, optimizer: await runner.saveOptimizer() });
    }
    const mean = (parts: Float32Array[]) =>
      (parts[0] ?? new Float32Array()).map((_, i) =>
        parts.reduce(
          (sum, part, worker) => sum + ((rows[worker] ?? 0) / total) * (part[i] ?? 0),
          0,
        ),
      );
    const weights = mean(states.map((state) => state.weights));
    const slots = (states[0]?.optimizer.slots ?? []).map((_, k) =>
      mean(states.map(({ optimizer }) => optimizer.slots[k] ?? new Float32Array())),
    );
    const made = Math.max(...states.map(({ optimizer }) => optimizer.steps));
    for (const { network, runner } of crew) {
      const tensors = network.variables.map(({ name, shape }) => ({ name, shape }));
      network.load({ tensors, bytes: weights.slice().buffer });
      await runner.loadWeights();
      runner.restoreOptimizer({ steps: made, slots });
    }
    if (end === steps) return { losses, weights, optimizer: { steps: made, slots } };
  }
  throw new Error('no steps');
}

test.each(['adamw', 'dropout', 'batch norm', 'sgd (Nesterov)'])(
  '%s: workers that make steps of their own are averaged by their rows',
  async (name) => {
    // 21 steps: a full round of eight or twelve, another, and one cut short.
    for (const workers of [2, 3]) {
      const expected = await localSgd(caseOf(name), workers, 4, 21);
      for (const way of [byMessages, byMemory()]) {
        const options = { ...way, workers, averageEvery: 4 };
        const found = await train(caseOf(name), several(options), { steps: 21 });
        expect(farthest(found.weights, expected.weights), 'weights').toBeLessThan(1e-6);
        expect(farthest(found.losses, expected.losses), 'losses').toBeLessThan(1e-5);
        expect(found.optimizer.steps).toBe(expected.optimizer.steps);
      }
    }
  },
);

function tinyJob(name: string) {
  const example = caseOf(name);
  const network = buildNetwork(specOf(example), 3);
  const job: StepJob = {
    ...{ network, backend: 'wasm', config: configOf(example), l2: 0, train: dataOf(example) },
  };
  return { network, job };
}

test('no thread outlives its run', async () => {
  const { network, job } = tinyJob('adamw');
  const runner = await several({ ...byMemory(), workers: 3 })(job);
  await runner.loadWeights();
  runner.step(everyRow, 0.1, new Random(1));
  expect(threads.size).toBe(2);
  runner.dispose();
  await expect.poll(() => threads.size).toBe(0);
  network.dispose();
});
