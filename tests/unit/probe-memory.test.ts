import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { openStudioDb } from '../../src/storage/db.ts';
import { chooseBackend } from '../../src/training/engine/choose-backend.ts';
import { chooseWorkers } from '../../src/training/engine/choose-workers.ts';
import type { BackendRate } from '../../src/training/run.ts';
import { probeMemory } from '../../workers/training/probe-memory.ts';
import { channelHelper } from '../support/shard-helpers.ts';
import { cases, configOf, dataOf, specOf } from '../support/tiny-network.ts';

afterEach(() => vi.restoreAllMocks());

const rates: BackendRate[] = [{ backend: 'wasm', examplesPerSecond: 100 }];
const day = 24 * 3600 * 1000;

test('what a probe measured is known for a month, to this version of the studio', async () => {
  const db = await openStudioDb();
  const memory = probeMemory(db);
  await memory.keep('a network', rates);
  expect(await memory.find('a network')).toEqual(rates);
  expect(await memory.find('another')).toBeUndefined();
  expect(await probeMemory(db, 'a later one').find('a network')).toBeUndefined();
  const now = Date.now();
  vi.spyOn(Date, 'now').mockReturnValue(now + 29 * day);
  expect(await memory.find('a network')).toEqual(rates);
  vi.spyOn(Date, 'now').mockReturnValue(now + 31 * day);
  expect(await memory.find('a network')).toBeUndefined();
  await memory.keep('a network', rates);
  expect(await memory.find('a network')).toEqual(rates);
});

test('that nothing was measured is not known', async () => {
  const memory = probeMemory(await openStudioDb());
  await memory.keep('a network that failed', []);
  expect(await memory.find('a network that failed')).toBeUndefined();
});

test('once forgotten, backends and workers are measured again', async () => {
  const [example] = cases.filter(({ name }) => name === 'adamw');
  if (!example) throw new Error('no such case');
  const spec = { ...specOf(example), inputShape: [100_000] }; // too much work to go unmeasured
  const config = { ...configOf(example), batchSize: 12 };
  const job = { spec, config, train: dataOf(example), startHelper: channelHelper };
  const graphics = () => Promise.resolve({ webgpu: 'a card', webgl: null });
  const both: BackendRate[] = [...rates, { backend: 'webgpu', examplesPerSecond: 50 }];
  const probeBackends = vi.fn(() => Promise.resolve(both));
  const probeWorkers = vi.fn(() => Promise.resolve({ rates, isComplete: true }));
  const memory = probeMemory(await openStudioDb());
  const choose = async () => {
    await chooseBackend(job, memory, { graphics, probe: probeBackends });
    await chooseWorkers({ ...job, checkpoint: null }, memory, { cores: 4, probe: probeWorkers });
    return [probeBackends.mock.calls.length, probeWorkers.mock.calls.length];
  };
  expect(await choose()).toEqual([1, 1]);
  expect(await choose()).toEqual([1, 1]);
  await memory.forget();
  expect(await choose()).toEqual([2, 2]);
  expect(await choose()).toEqual([2, 2]);
});

test('what can’t be forgotten is told: what is measured then would be old', async () => {
  const db = await openStudioDb();
  const memory = probeMemory(db);
  await memory.keep('a network', rates);
  vi.spyOn(db, 'delete').mockRejectedValue(new Error('no disk'));
  await expect(memory.forget()).rejects.toThrow('no disk');
  db.close();
  expect(await memory.find('a network')).toBeUndefined();
  await expect(memory.forget()).rejects.toThrow();
});
