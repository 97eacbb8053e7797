/** What is stored of a run that breaks while its checkpoint is being stored. */
import { expect, test } from 'vitest';
import { StudioError } from '../../src/lib/errors.ts';
import { hasChunk, putChunk } from '../../src/storage/chunks.ts';
import { repository } from '../../src/storage/records.ts';
import { runCodec } from '../../src/training/run-codec.ts';
import { RunJournal } from '../../workers/training/journal.ts';
import { runRecord } from '../support/run-record.ts';
import { testDb } from '../support/table-files.ts';

/** A journal whose checkpoints are stored when `store` is called. */
async function journal() {
  const db = await testDb();
  const runs = repository(db, runCodec);
  await runs.put(runRecord());
  let store: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (store = resolve));
  const checkpoints = {
    async put(bytes: ArrayBuffer) {
      const digest = await putChunk(db, bytes);
      await ready;
      return { digest, bytes };
    },
    close: () => undefined,
  };
  return { db, runs, store, journal: new RunJournal(db, runRecord(), checkpoints) };
}

const bytes = () => new Uint8Array([1, 2, 3]).buffer;

test('a run that fails while its checkpoint is being stored is stored as failed, with that checkpoint', async () => {
  const { db, runs, store, journal: kept } = await journal();
  kept.note({
    ...{ type: 'epoch', epoch: 1, best: true, train: { loss: 1 } },
    ...{ learningRate: 0.1, seconds: 1 },
  });
  const storing = kept.checkpoint(bytes());
  const failing = kept.fail(new StudioError('device-lost', 'gone'));
  store();
  await Promise.all([storing, failing]);
  await kept.close();
  const record = await runs.get('run');
  expect(record).toMatchObject({
    status: 'failed',
    error: { code: 'device-lost', message: 'gone' },
    bestEpoch: 1,
  });
  expect(record.epochs).toHaveLength(1);
  expect(await hasChunk(db, record.checkpoint ?? '')).toBe(true);
});

test('a checkpoint that is stored after the journal was closed changes no record and leaves no bytes', async () => {
  const { db, runs, store, journal: kept } = await journal();
  const storing = kept.checkpoint(bytes());
  const closing = kept.close();
  await runs.put(runRecord({ status: 'failed' })); // as the page does for a worker that gave up
  store();
  await Promise.all([storing, closing]);
  expect(await runs.get('run')).toMatchObject({ status: 'failed', checkpoint: null });
  expect(await db.count('chunks')).toBe(0);
});

test('how many parameters a run has and how long it took is stored, with what it took before', async () => {
  const db = await testDb();
  const checkpoints = { put: () => Promise.reject(new Error('none')), close: () => undefined };
  const kept = new RunJournal(db, runRecord({ seconds: 60 }), checkpoints);
  kept.note({
    ...{ type: 'started', backend: 'wasm', reason: { type: 'asked' }, parameters: 12 },
    ...{ stepsPerEpoch: 1, epoch: 0 },
  });
  await kept.finish({ status: 'completed' });
  const { parameters, seconds = NaN } = await repository(db, runCodec).get('run');
  expect(parameters).toBe(12);
  expect(seconds).toBeGreaterThanOrEqual(60);
  expect(seconds).toBeLessThan(70);
});
