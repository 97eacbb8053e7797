import { proxy, wrap } from 'comlink';
import { afterAll, expect, test } from 'vitest';
import type { ParallelOwner } from './parallel/owner.worker.ts';

const workers: Worker[] = [];

function start() {
  const url = new URL('./parallel/owner.worker.ts', import.meta.url);
  const worker = new Worker(url, { type: 'module' });
  workers.push(worker);
  return { worker, owner: wrap<ParallelOwner>(worker) };
}

afterAll(() => {
  for (const worker of workers) worker.terminate();
});

function farthest(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
}

test('workers do what one does, to the same bits over shared memory, by messages and again', async () => {
  const { owner } = start();
  expect(await owner.isIsolated()).toBe(true);
  for (const name of ['dropout', 'convolution']) {
    const alone = { name, workers: 1, averageEvery: 1, isShared: false };
    const one = await owner.train(alone);
    const two = await owner.train({ ...alone, workers: 2, isShared: true });
    expect(farthest(two, one), name).toBeLessThan(1e-6);
    expect(await owner.train({ ...alone, workers: 2, isShared: true })).toEqual(two);
    expect(await owner.train({ ...alone, workers: 2 })).toEqual(two);
    const slices = { ...alone, workers: 2, isShared: true, sharedUpdateFrom: 0 };
    expect(await owner.train(slices)).toEqual(two);
  }
}, 180_000);

test('workers that average every fourth step agree, whatever carries their weights', async () => {
  const { owner } = start();
  const options = { name: 'batch norm', workers: 3, averageEvery: 4 };
  const shared = await owner.train({ ...options, isShared: true });
  expect(shared.every(Number.isFinite)).toBe(true);
  expect(await owner.train({ ...options, isShared: false })).toEqual(shared);
});

/** Helpers that live (parallel/shard.worker.ts). */
const living = async () =>
  ((await navigator.locks.query()).held ?? []).filter(({ name }) => name === 'shard').length;

test.each([true, false])(
  'when a run is aborted in the middle no worker is left (shared memory: %s)',
  async (isShared) => {
    const { worker, owner } = start();
    const options = { name: 'adamw', workers: 3, averageEvery: 1, isShared };
    await new Promise<void>((resolve) => {
      void owner.trainForever(options, proxy(resolve));
    });
    await expect.poll(living, { timeout: 10_000 }).toBe(2);
    worker.terminate();
    // Chromium gives a thread two seconds before it ends it by force, the owner and then who waits in place.
    await expect.poll(living, { timeout: 30_000 }).toBe(0);
  },
  180_000,
);
