import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { openStudioDb } from '../../src/storage/db.ts';
import type { BackendRate } from '../../src/training/run.ts';
import { probeMemory } from '../../workers/training/probe-memory.ts';

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
