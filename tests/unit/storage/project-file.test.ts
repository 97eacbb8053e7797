import { BlobReader, BlobWriter, ZipReader } from '@zip.js/zip.js';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { sha256 } from '../../../src/lib/digest.ts';
import { getChunk, putChunk } from '../../../src/storage/chunks.ts';
import { exportProject, importProject } from '../../../src/storage/project-file.ts';
import {
  encodeRecord,
  projectRecords,
  putRecords,
  repository,
} from '../../../src/storage/records.ts';
import { codecs, createdAt, exampleDb } from './example-project.ts';
import { bytesOf, freshDb, note, noteCodec } from './notes.ts';

afterEach(() => vi.restoreAllMocks());

test('a project comes back exactly as it was, and its file is the same again', async () => {
  const from = await exampleDb();
  const file = await exportProject(from, 'p1', { createdAt });
  const to = await freshDb();
  expect(await importProject(to, file, { codecs })).toBe('p1');
  expect(await projectRecords(to, 'p1')).toEqual(await projectRecords(from, 'p1'));
  expect(await to.getAllKeys('chunks')).toEqual(await from.getAllKeys('chunks'));
  const again = await exportProject(to, 'p1', { createdAt });
  expect(await sha256(await again.arrayBuffer())).toBe(await sha256(await file.arrayBuffer()));
});

test('whatever the records and bytes, they come back', async () => {
  const notes = fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1 }),
      createdAt: fc.double({ noNaN: true }),
      text: fc.string({ unit: 'grapheme' }),
      // IndexedDB clones own members only, and JSON has no `__proto__` of its own.
      extra: fc.jsonValue(),
      bytes: fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 3 }),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(notes, async (list) => {
      const [from, to] = [await freshDb(), await freshDb()];
      for (const { bytes, ...rest } of list) {
        const chunks = await Promise.all(bytes.map((b) => putChunk(from, b.slice().buffer)));
        await repository(from, noteCodec).put({ ...rest, projectId: 'p', chunks });
      }
      const file = await exportProject(from, 'p', { createdAt });
      await importProject(to, file, { codecs });
      expect(await projectRecords(to, 'p')).toEqual(await projectRecords(from, 'p'));
      expect(await to.getAll('chunks')).toEqual(await from.getAll('chunks'));
    }),
    { numRuns: 40 },
  );
});

test('a project that is here already is imported beside it, under a new id', async () => {
  const db = await exampleDb();
  const before = await projectRecords(db, 'p1');
  const id = await importProject(db, await exportProject(db, 'p1', { createdAt }), { codecs });
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await projectRecords(db, 'p1')).toEqual(before);
  const copies = await repository(db, noteCodec).list(id);
  expect(copies.map((copy) => copy.id)).toEqual([`a~${id}`, `b~${id}`]);
  expect(copies.map(({ text }) => text)).toEqual(['this is a', 'this is b']);
  expect(await db.count('chunks')).toBe(3);
});

test('a record of another project is never overwritten by a file', async () => {
  const from = await freshDb();
  await repository(from, noteCodec).put(note('mine', { projectId: 'stranger', text: 'forged' }));
  const file = await exportProject(from, 'stranger', { createdAt });
  const db = await freshDb();
  await repository(db, noteCodec).put(note('mine'));
  const id = await importProject(db, file, { codecs });
  expect(await repository(db, noteCodec).get('mine')).toEqual(note('mine'));
  expect(await repository(db, noteCodec).get(`mine~${id}`)).toMatchObject({ text: 'forged' });
});

test('a record of an older version is migrated on the way in', async () => {
  const from = await freshDb();
  const { text, ...rest } = note('old');
  await putRecords(from, [
    { ...encodeRecord(noteCodec, note('old')), version: 1, body: { ...rest, body: text } },
  ]);
  const to = await freshDb();
  await importProject(to, await exportProject(from, 'p1', { createdAt }), { codecs });
  expect((await projectRecords(to, 'p1'))[0]).toEqual(encodeRecord(noteCodec, note('old')));
});

test('progress goes up to one, both ways', async () => {
  const shares: number[] = [];
  const onProgress = (share: number) => shares.push(share);
  const file = await exportProject(await exampleDb(), 'p1', { createdAt, onProgress });
  expect(shares.map((share) => share.toFixed(2))).toEqual(['0.33', '0.67', '1.00']);
  shares.length = 0;
  await importProject(await freshDb(), file, { codecs, onProgress });
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual(shares.toSorted());
});

test('what is not there or is damaged is not exported', async () => {
  const db = await exampleDb();
  await expect(exportProject(db, 'p9', { createdAt })).rejects.toMatchObject({ code: 'not-found' });
  const [digest = ''] = (await db.getAllKeys('chunks')).filter(Boolean);
  await db.put('chunks', { digest, bytes: bytesOf('something else') });
  await expect(exportProject(db, 'p1', { createdAt })).rejects.toMatchObject({
    code: 'corrupt',
    message: `Stored bytes ${digest.slice(0, 12)}… are damaged`,
  });
  await db.delete('chunks', digest);
  await expect(exportProject(db, 'p1', { createdAt })).rejects.toMatchObject({ code: 'corrupt' });
});

test('a full disk in the middle of an import leaves no trace of it', async () => {
  const file = await exportProject(await exampleDb(), 'p1', { createdAt });
  const db = await freshDb();
  await repository(db, noteCodec).put(note('kept', { projectId: 'p3' }));
  const own = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'put')
    ?.value as IDBObjectStore['put']; // a method of the prototype
  let writes = 0;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    ...args
  ) {
    if (++writes > 2) throw new DOMException('full', 'QuotaExceededError');
    return own.apply(this, args);
  });
  await expect(importProject(db, file, { codecs })).rejects.toMatchObject({ code: 'storage-full' });
  expect(writes).toBe(3);
  expect(await db.count('chunks')).toBe(0);
  expect(await repository(db, noteCodec).list()).toEqual([note('kept', { projectId: 'p3' })]);
});

test('other unzippers read the file and agree with its checksums', async () => {
  const db = await exampleDb();
  const file = await exportProject(db, 'p1', { createdAt });
  const reader = new ZipReader(new BlobReader(file), {
    useWebWorkers: false,
    strictness: 'strict',
    checkCrc32: true,
  });
  const methods = new Set<number>();
  for (const entry of await reader.getEntries()) {
    if (entry.directory) throw new Error('a folder');
    methods.add(entry.compressionMethod);
    const bytes = await (await entry.getData(new BlobWriter())).arrayBuffer();
    if (entry.filename.startsWith('chunks/'))
      expect(bytes).toEqual(await getChunk(db, entry.filename.slice(7)));
  }
  expect([...methods].sort()).toEqual([0, 8]);
});
