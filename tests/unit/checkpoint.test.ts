import { expect, test, vi } from 'vitest';
import { StudioError } from '../../src/lib/errors.ts';
import { Random } from '../../src/lib/random.ts';
import { CheckpointNotStored } from '../../src/training/checkpoint-not-stored.ts';
import {
  checkpointBytes,
  decodeCheckpoint,
  encodeCheckpoint,
  loopStateIn,
  type LoopState,
} from '../../src/training/engine/checkpoint.ts';
import { Checkpointer } from '../../src/training/engine/checkpointer.ts';

const random = new Random(3).save();

function stateOf(step: number, bestEpoch = 0): LoopState {
  return {
    ...{ epoch: 2, step, lossSum: 1 / 3, lossRows: 7, seconds: 0.1 },
    ...{ shuffle: random, order: random, dropout: random, optimizerSteps: step, workers: 1 },
    best: { epoch: bestEpoch, loss: bestEpoch ? 0.5 : Infinity, waited: 1 },
    schedule: { factor: 0.5, best: Infinity, waited: 0 },
    on: { backend: 'wasm', microBatch: null },
  };
}

const numbers = (count: number, from: number) =>
  Float32Array.from({ length: count }, (_, i) => from + i);

test('a checkpoint is written over an older one, and reads as if it were new', () => {
  const parts = (step: number, bestEpoch: number) => ({
    state: stateOf(step, bestEpoch),
    weights: [numbers(3, step), numbers(2, 10 * step)],
    best: numbers(5, 100 * bestEpoch),
    slots: [numbers(3, -step), numbers(2, 0)],
  });
  const old = encodeCheckpoint(parts(1, 1));
  expect(old.byteLength).toBe(checkpointBytes(5, 5));
  for (const [step, bestEpoch] of [
    [2, 1],
    [3, 2],
  ] as const) {
    const fresh = encodeCheckpoint(parts(step, bestEpoch));
    const over = encodeCheckpoint(parts(step, bestEpoch), { bytes: old, bestEpoch: 1 });
    expect(over).toBe(old);
    expect(new Uint8Array(over)).toEqual(new Uint8Array(fresh));
  }
  const read = decodeCheckpoint(old);
  expect(read.state).toEqual(stateOf(3, 2));
  expect(read.weights).toEqual(Float32Array.of(3, 4, 5, 30, 31));
  expect(loopStateIn(old)).toEqual(read.state);
  expect(encodeCheckpoint({ ...parts(4, 2), slots: [] }, { bytes: old, bestEpoch: 2 })).not.toBe(
    old,
  );
});

test('what went wrong since the newest checkpoint makes the one before it the last good', async () => {
  const given: ArrayBuffer[] = [];
  const checkpoints = new Checkpointer((bytes) => {
    given.push(bytes);
    return Promise.resolve({ of: bytes, bytes }); // it comes back
  }, 8);
  const take = async (byte: number) => {
    await checkpoints.take((spare) => {
      const bytes = spare?.bytes ?? new ArrayBuffer(1);
      new Uint8Array(bytes)[0] = byte;
      return Promise.resolve(bytes);
    }, 0);
    await expect.poll(() => checkpoints.isSaving).toBe(false);
  };
  const last = async () => new Uint8Array((await checkpoints.lastGood()) ?? [])[0];
  await take(1);
  expect(await last()).toBeUndefined(); // no loss since says that it is any good
  checkpoints.prove();
  expect(await last()).toBe(1);
  await take(2);
  expect(await last()).toBe(1);
  checkpoints.prove();
  expect(await last()).toBe(2);
  await take(3);
  expect(new Set(given).size).toBe(2); // two buffers in turn
  await take(4); // 3 was never proven
  expect(await last()).toBe(2);
});

test('bytes of something else that the checkpoint was stored within are not gone on from', async () => {
  const checkpoints = new Checkpointer((bytes) => {
    const container = Uint8Array.of(71, 72, ...new Uint8Array(bytes)).buffer;
    return Promise.resolve({ of: container, bytes: container });
  }, 8);
  await checkpoints.take(() => Promise.resolve(Uint8Array.of(5).buffer), 0);
  checkpoints.prove();
  expect(new Uint8Array((await checkpoints.lastGood()) ?? [])).toEqual(Uint8Array.of(5));
});

/** As workers/training/checkpoint-store.ts: the bytes go to another worker, and come back. */
const sent = (bytes: ArrayBuffer) => structuredClone(bytes, { transfer: [bytes] });

async function takeOne(checkpoints: Checkpointer, byte: number) {
  await checkpoints.take((spare) => {
    const bytes = spare?.bytes ?? new ArrayBuffer(1);
    new Uint8Array(bytes)[0] = byte;
    return Promise.resolve(bytes);
  }, 0);
  await expect.poll(() => checkpoints.isSaving).toBe(false);
  checkpoints.prove();
}
const goodOf = async (checkpoints: Checkpointer) =>
  new Uint8Array((await checkpoints.lastGood()) ?? [])[0];

test('a checkpoint that can not be stored is the last good one all the same, and is told once', async () => {
  const told: string[] = [];
  let isFull = false;
  const save = (bytes: ArrayBuffer) => {
    const moved = sent(bytes);
    const full = new StudioError('storage-full', 'full');
    return isFull
      ? Promise.reject(new CheckpointNotStored(full, moved))
      : Promise.resolve({ of: bytes, bytes: moved });
  };
  const checkpoints = new Checkpointer(save, 8, ({ code }) => told.push(code));
  await takeOne(checkpoints, 1);
  isFull = true;
  for (const byte of [2, 3, 4, 5]) {
    await takeOne(checkpoints, byte);
    expect(await goodOf(checkpoints)).toBe(byte);
  }
  expect(told).toEqual(['storage-full']);
  isFull = false;
  await takeOne(checkpoints, 6);
  isFull = true;
  await takeOne(checkpoints, 7);
  expect(told).toEqual(['storage-full', 'storage-full']); // it could be stored in between
});

test('bytes that never come back leave the checkpoint before them the last good', async () => {
  let isLost = false;
  const checkpoints = new Checkpointer((bytes) => {
    const moved = sent(bytes);
    return isLost
      ? Promise.reject(new Error('the worker is gone'))
      : Promise.resolve({ of: bytes, bytes: moved });
  }, 8);
  await takeOne(checkpoints, 1);
  isLost = true;
  for (const byte of [2, 3, 4]) {
    await takeOne(checkpoints, byte);
    expect(await goodOf(checkpoints)).toBe(1);
  }
});

test('storage that never answers does not hold a run that broke off', async () => {
  const checkpoints = new Checkpointer((bytes) => {
    const moved = sent(bytes);
    return new Uint8Array(moved)[0] === 1
      ? Promise.resolve({ of: bytes, bytes: moved })
      : new Promise(() => undefined);
  }, 8);
  await takeOne(checkpoints, 1);
  await checkpoints.take(() => Promise.resolve(Uint8Array.of(2).buffer), 0);
  checkpoints.prove();
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 500));
  expect(await goodOf(checkpoints)).toBe(1);
  vi.restoreAllMocks();
});

test('memory for the first checkpoints is made ready in pieces', async () => {
  const size = 5 * 2 ** 20;
  const checkpoints = new Checkpointer((bytes) => Promise.resolve({ of: bytes, bytes }), size);
  for (let i = 0; i < 10; i++) checkpoints.prepare();
  const spares: (number | undefined)[] = [];
  for (let i = 0; i < 3; i++) {
    await checkpoints.take((spare) => {
      spares.push(spare?.bytes.byteLength);
      return Promise.resolve(spare?.bytes ?? new ArrayBuffer(1));
    }, 0);
    checkpoints.prove();
    await expect.poll(() => checkpoints.isSaving).toBe(false);
  }
  expect(spares).toEqual([size, size, size]);
});

test('a checkpoint of 4.9 million parameters with Adam holds training up by some milliseconds', async () => {
  const parameters = 4_866_082;
  const weights = [numbers(parameters, 1)];
  const best = numbers(parameters, 2);
  const slots = [numbers(parameters, 3), numbers(parameters, 4)];
  const size = checkpointBytes(parameters, 2 * parameters);
  const checkpoints = new Checkpointer((bytes) => Promise.resolve({ of: bytes, bytes }), size);
  for (let step = 0; step < size / 2 ** 20; step++) checkpoints.prepare(); // as between steps
  const takenMs: number[] = [];
  for (let step = 0; step < 7; step++) {
    const state = stateOf(step, 1);
    const before = process.cpuUsage();
    await checkpoints.take(
      (spare) => Promise.resolve(encodeCheckpoint({ state, weights, best, slots }, spare)),
      1,
    );
    const { user, system } = process.cpuUsage(before);
    takenMs.push((user + system) / 1000);
    checkpoints.prove();
    await expect.poll(() => checkpoints.isSaving).toBe(false);
  }
  expect(Math.min(...takenMs)).toBeLessThan(20); // of the processor, were nobody else at the memory
});

test('who takes long to store a checkpoint is given the next one later', async () => {
  vi.useFakeTimers();
  const rests: number[] = [];
  const checkpoints = new Checkpointer((bytes) => {
    vi.advanceTimersByTime(bytes.byteLength);
    return Promise.resolve({ of: bytes, bytes });
  }, 8);
  for (const storingMs of [100, 500, 1500]) {
    rests.push(checkpoints.restMs);
    await checkpoints.take(() => Promise.resolve(new ArrayBuffer(storingMs)), 0);
    while (checkpoints.isSaving) await Promise.resolve();
  }
  vi.useRealTimers();
  expect([...rests, checkpoints.restMs]).toEqual([3000, 3000, 5000, 10_000]);
});
