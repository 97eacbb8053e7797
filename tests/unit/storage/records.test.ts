import { afterEach, expect, test, vi } from 'vitest';
import {
  collectChunks,
  collectGarbage,
  getChunk,
  hasChunk,
  putChunk,
} from '../../../src/storage/chunks.ts';
import {
  decodeRecord,
  deleteProjectRecords,
  encodeRecord,
  putRecords,
  repository,
} from '../../../src/storage/records.ts';
import { bytesOf, freshDb, note, noteCodec } from './notes.ts';

afterEach(() => vi.restoreAllMocks());

test('a record comes back as it was put, and its absence is told', async () => {
  const notes = repository(await freshDb(), noteCodec);
  await notes.put(note('a'));
  expect(await notes.get('a')).toEqual(note('a'));
  expect(await notes.find('b')).toBeUndefined();
  await expect(notes.get('b')).rejects.toMatchObject({ code: 'not-found', message: 'No note b' });
  await notes.delete('a');
  await notes.delete('a');
  expect(await notes.find('a')).toBeUndefined();
});

test('records are listed by creation, of one project or of all', async () => {
  const notes = repository(await freshDb(), noteCodec);
  await notes.put(note('a', { createdAt: 3 }));
  await notes.put(note('b', { createdAt: 1 }));
  await notes.put(note('c', { createdAt: 2, projectId: 'p2' }));
  expect((await notes.list()).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  expect((await notes.list('p1')).map(({ id }) => id)).toEqual(['b', 'a']);
  expect(await notes.list('p')).toEqual([]);
});

test('an older record is migrated, a newer or a damaged one is named', async () => {
  const db = await freshDb();
  const { text, ...rest } = note('old');
  const stored = {
    ...encodeRecord(noteCodec, note('old')),
    version: 1,
    body: { ...rest, body: text },
  };
  const newer = { ...encodeRecord(noteCodec, note('new')), version: 3 };
  const damaged = { ...encodeRecord(noteCodec, note('bad')), body: { ...note('bad'), text: 5 } };
  await putRecords(db, [stored, newer, damaged]);
  const notes = repository(db, noteCodec);
  expect(await notes.get('old')).toEqual(note('old'));
  await expect(notes.get('new')).rejects.toMatchObject({
    code: 'newer-version',
    message: 'note new was written by a newer version of Glasshouse',
  });
  await expect(notes.list()).rejects.toThrow();
  const unreadable: string[] = [];
  const readable = await notes.list('p1', (error) => unreadable.push(error.code));
  expect(readable.map(({ id }) => id)).toEqual(['old']);
  expect(unreadable.sort()).toEqual(['corrupt', 'newer-version']);
  expect(() => decodeRecord(noteCodec, damaged)).toThrow(
    "Stored note bad can't be read: Invalid type",
  );
});

test('of records put together all are written or none', async () => {
  const db = await freshDb();
  const uncloneable = encodeRecord(noteCodec, note('b', { extra: () => 1 }));
  await expect(putRecords(db, [encodeRecord(noteCodec, note('a')), uncloneable])).rejects.toThrow(
    /could not be cloned/,
  );
  await expect(putRecords(db, [uncloneable, encodeRecord(noteCodec, note('a'))])).rejects.toThrow(
    /could not be cloned/,
  );
  expect(await db.count('records')).toBe(0);
});

test('a write that a closed tab cut off leaves nothing half', async () => {
  const db = await freshDb();
  const notes = repository(db, noteCodec);
  await notes.put(note('a'));
  const transaction = db.transaction('records', 'readwrite');
  void transaction.done.catch(() => undefined);
  await transaction.store.put(encodeRecord(noteCodec, note('b')));
  await transaction.store.put(encodeRecord(noteCodec, note('a', { text: 'half' })));
  transaction.abort(); // what the browser does when the tab goes
  expect(await notes.list()).toEqual([note('a')]);
});

test('a full disk says so and leaves what was saved', async () => {
  const db = await freshDb();
  const notes = repository(db, noteCodec);
  const digest = await putChunk(db, bytesOf('kept'));
  await notes.put(note('a', { chunks: [digest] }));
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  await expect(putChunk(db, bytesOf('more'))).rejects.toMatchObject({ code: 'storage-full' });
  await expect(notes.put(note('b'))).rejects.toMatchObject({
    code: 'storage-full',
    message: 'The disk space that this browser allows is used up',
  });
  await expect(notes.put(note('a', { text: 'new' }))).rejects.toMatchObject({
    code: 'storage-full',
  });
  put.mockRestore();
  expect(await notes.list()).toEqual([note('a', { chunks: [digest] })]);
  expect(await db.count('chunks')).toBe(1);
  expect(await getChunk(db, digest)).toEqual(bytesOf('kept'));
});

test('equal bytes are kept once, and bytes that are gone are named', async () => {
  const db = await freshDb();
  const digest = await putChunk(db, bytesOf('abc'));
  expect(digest).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(await putChunk(db, bytesOf('abc'))).toBe(digest);
  expect(await db.count('chunks')).toBe(1);
  await expect(getChunk(db, 'f'.repeat(64))).rejects.toMatchObject({
    code: 'corrupt',
    message: 'Stored bytes ffffffffffff… are missing',
  });
});

test('only bytes that no record names are collected', async () => {
  const db = await freshDb();
  const notes = repository(db, noteCodec);
  const [kept, shared, loose, other] = await Promise.all(
    ['kept', 'shared', 'loose', 'other'].map((text) => putChunk(db, bytesOf(text))),
  );
  if (!kept || !shared || !loose || !other) throw new Error('not stored');
  await notes.put(note('a', { chunks: [kept, shared] }));
  await notes.put(note('b', { chunks: [shared], projectId: 'p2' }));
  expect(await collectChunks(db, [kept, loose])).toBe(1);
  expect(await hasChunk(db, other)).toBe(true);
  expect(await collectGarbage(db)).toBe(1);
  await deleteProjectRecords(db, 'p1');
  expect(await notes.list()).toEqual([note('b', { chunks: [shared], projectId: 'p2' })]);
  expect(await collectGarbage(db)).toBe(1);
  expect(await db.getAllKeys('chunks')).toEqual([shared]);
});
