import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import type {
  FactorisationBatch,
  FactorisationJob,
} from '../../src/training/engine/kernels/factorisation/plan.ts';
import { createFactorisationSteps } from '../../src/training/engine/kernels/factorisation/steps.ts';
import { createGpuFactorisationSteps } from '../../src/training/engine/kernels/webgpu/factorisation.ts';
import { batchOf, expectFormula, factorisations, startOf } from '../support/any-factorisation.ts';

afterEach(() => vi.restoreAllMocks());

const adam = { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 } as const;

/** Odd sizes around a workgroup's, of one, and of more places than one workgroup looks at in a round. */
const sizes = [
  { users: 1, items: 1, factors: 1, batchSize: 1 },
  { users: 3, items: 17, factors: 5, batchSize: 9 },
  { users: 40, items: 7, factors: 64, batchSize: 65 },
  { users: 11, items: 90, factors: 67, batchSize: 200 },
  { users: 5, items: 3, factors: 2, batchSize: 1100 },
];

function jobOf(size: (typeof sizes)[number]): FactorisationJob {
  return { ...size, optimizer: adam, l2: 0.01, constant: 3.5 };
}

function tablesOf({ users, items, factors }: FactorisationJob) {
  const random = new Random(3);
  const length = (users + items) * (factors + 1);
  return Float32Array.from({ length }, () => random.normal() / 2);
}

/** Values and pairs in turn, of whole batches and smaller ones, some of them weighted. */
function batchesOf({ users, items, batchSize }: FactorisationJob): FactorisationBatch[] {
  const random = new Random(5);
  return [0, 1, 2, 3].map((i) => {
    const length = Math.ceil(i < 2 ? batchSize : batchSize / 2);
    const draw = (most: number) => Array.from({ length }, () => random.integer(most));
    return {
      ...{ users: draw(users), items: draw(items) },
      ...(i % 3 === 0 && { weights: draw(4).map((n) => n / 2) }),
      learned: i % 2 === 0 ? { values: draw(5) } : { others: draw(items) },
    };
  });
}

async function started(job: FactorisationJob) {
  const steps = await createGpuFactorisationSteps(job, tablesOf(job));
  if (!steps) throw new Error('no WebGPU here');
  return steps;
}

async function trained(job: FactorisationJob) {
  const steps = await started(job);
  for (const batch of batchesOf(job)) {
    steps.step(batch, 0.05);
    steps.restoreOptimizer(await steps.saveOptimizer());
  }
  const end = {
    losses: await steps.readLosses(),
    tables: await steps.readTables(),
    optimizer: await steps.saveOptimizer(),
  };
  steps.dispose();
  return end;
}

test.each(sizes)(
  '$users users, $items items, $factors factors, $batchSize examples: steps are those of wasm',
  async (size) => {
    const job = jobOf(size);
    const steps = createFactorisationSteps(job, tablesOf(job));
    if (!steps) throw new Error('no vectors here');
    const losses = batchesOf(job).map((batch) => steps.step(batch, 0.05));
    const found = await trained(job);
    const { slots, steps: count } = steps.saveOptimizer();
    expect(found.optimizer.steps).toBe(count);
    expect(found.losses.length).toBe(losses.length);
    losses.forEach((loss, i) => {
      expect(Math.abs((found.losses[i] ?? NaN) - loss)).toBeLessThan(1e-5 * (1 + loss));
    });
    for (const [own, expected] of [
      [found.tables, steps.tables],
      ...slots.map((slot, i) => [found.optimizer.slots[i], slot] as const),
    ] as const)
      expected.forEach((value, i) => {
        expect(Math.abs((own?.[i] ?? NaN) - value)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      });
    expect(await trained(job), 'again').toEqual(found);
  },
);

test('a step of any size goes down the gradient of its formula', async () => {
  await fc.assert(
    fc.asyncProperty(factorisations, async (example) => {
      const steps = await createGpuFactorisationSteps(example.job, startOf(example.job));
      if (!steps) throw new Error('no WebGPU here');
      steps.step(batchOf(example), 0.1);
      const [loss = NaN] = await steps.readLosses();
      const [velocity = []] = (await steps.saveOptimizer()).slots;
      expectFormula(example, { loss, velocity });
      steps.dispose();
    }),
    { numRuns: 12, seed: 9 },
  );
});

test('a step of a factorisation takes 7 dispatches, one upload and no waiting', async () => {
  const job = jobOf({ users: 9, items: 8, factors: 4, batchSize: 16 });
  const steps = await started(job);
  const [values, pairs] = batchesOf(job);
  if (!values || !pairs) throw new Error('unreachable');
  const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
  const submits = vi.spyOn(GPUQueue.prototype, 'submit');
  const maps = vi.spyOn(GPUBuffer.prototype, 'mapAsync');
  steps.step(values, 0.05);
  expect(dispatches).toHaveBeenCalledTimes(7); // cleared, slopes, users, items, loss, penalty, Adam
  steps.step(pairs, 0.05);
  expect(dispatches).toHaveBeenCalledTimes(14);
  expect(submits).toHaveBeenCalledTimes(2);
  expect(maps).not.toHaveBeenCalled();
  const losses = await steps.readLosses();
  expect(losses.length).toBe(2);
  for (const loss of losses) expect(loss).toBeGreaterThan(0);
  expect(await steps.readLosses()).toEqual(new Float32Array(0));
  steps.dispose();
});

test('losses that nobody asks for are kept', { timeout: 60_000 }, async () => {
  const job = { ...jobOf({ users: 3, items: 2, factors: 1, batchSize: 2 }), l2: 0 };
  const steps = await started(job);
  const batch = { users: [0, 2], items: [1, 1], learned: { values: [4, 2] } };
  for (let i = 0; i < 1100; i++) steps.step(batch, 0.01);
  const losses = await steps.readLosses();
  expect(losses.length).toBe(1100);
  expect(losses[1099]).toBeLessThan(0.1 * (losses[0] ?? 0));
  steps.dispose();
});

test('tables of another size are refused', async () => {
  const job = jobOf({ users: 3, items: 2, factors: 1, batchSize: 2 });
  await expect(createGpuFactorisationSteps(job, new Float32Array(9))).rejects.toThrow(
    'the tables have 10 numbers, not 9',
  );
});
