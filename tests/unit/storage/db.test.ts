import { readdirSync, readFileSync } from 'node:fs';
import { deleteDB, openDB } from 'idb';
import { expect, test, vi } from 'vitest';
import { getChunk, putChunk } from '../../../src/storage/chunks.ts';
import { databaseVersion, openStudioDb } from '../../../src/storage/db.ts';
import { repository } from '../../../src/storage/records.ts';
import { dumpDatabase, loadDatabase, type DatabaseDump } from './database-dump.ts';
import { bytesOf, note, noteCodec } from './notes.ts';

const fixtures = new URL('../../fixtures/db/', import.meta.url);

test('the database that this version makes is the one in its fixture', async () => {
  const db = await openStudioDb('now');
  const digest = await putChunk(db, bytesOf('some bytes'));
  await repository(db, noteCodec).put(note('a', { chunks: [digest], extra: { deep: [1, null] } }));
  await repository(db, noteCodec).put(note('b', { projectId: 'p2', createdAt: 2 }));
  const dump = JSON.stringify(await dumpDatabase('now'), null, 1);
  // Written when absent. Where it differs, the database changed: raise its version and write an upgrade.
  await expect(`${dump}\n`).toMatchFileSnapshot(
    new URL(`v${databaseVersion}.json`, fixtures).pathname,
  );
});

test.each(Array.from({ length: databaseVersion }, (_, i) => i + 1))(
  'a database of version %i opens, and all that it held is read',
  async (version) => {
    const text = readFileSync(new URL(`v${version}.json`, fixtures), 'utf8');
    const name = `from ${version}`;
    await loadDatabase(name, JSON.parse(text) as DatabaseDump); // written by dumpDatabase
    const db = await openStudioDb(name);
    expect(db.version).toBe(databaseVersion);
    const notes = await repository(db, noteCodec).list();
    expect(notes.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await repository(db, noteCodec).list('p2')).toHaveLength(1);
    expect(await getChunk(db, notes[0]?.chunks[0] ?? '')).toEqual(bytesOf('some bytes'));
  },
);

test('there is a fixture for each version and no other', () => {
  const expected = Array.from({ length: databaseVersion }, (_, i) => `v${i + 1}.json`);
  expect(readdirSync(fixtures).sort()).toEqual(expected);
});

test('a database from a newer version is left alone and named', async () => {
  (await openDB('newer', databaseVersion + 1)).close();
  await expect(openStudioDb('newer')).rejects.toMatchObject({
    code: 'newer-version',
    message: 'The data on this device was written by a newer version of Glasshouse',
  });
});

test('a tab that holds an older database open is named, not waited for', async () => {
  const old = await openDB('held', 1); // as a tab does that doesn't listen
  vi.spyOn(indexedDB, 'open').mockImplementationOnce((name) =>
    IDBFactory.prototype.open.call(indexedDB, name, 2),
  );
  await expect(openStudioDb('held')).rejects.toMatchObject({
    code: 'busy',
    message: 'Another tab holds an older Glasshouse open: close it, then reload',
  });
  old.close();
});

test('a connection lets go when another tab needs the database, and says so', async () => {
  const reasons: string[] = [];
  const db = await openStudioDb('wanted', { onClosed: (reason) => reasons.push(reason) });
  await deleteDB('wanted');
  expect(reasons).toEqual(['newer-version']);
  expect(() => db.transaction('records')).toThrow();
});

test.each([
  ['refuses', new DOMException('The user denied permission', 'UnknownError')],
  ['forbids', new DOMException('The operation is insecure', 'SecurityError')],
])('a browser that %s storage is named with a remedy', async (_, reason) => {
  vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
    throw reason;
  });
  await expect(openStudioDb('refused')).rejects.toMatchObject({
    code: 'storage-blocked',
    message: `This browser gives the page no storage (${reason.message}). Nothing can be imported, trained or saved until site data is allowed for this page, or it is opened in another browser`,
  });
});

test('a browser without IndexedDB is named', async () => {
  const { indexedDB: own } = globalThis;
  Reflect.deleteProperty(globalThis, 'indexedDB');
  try {
    await expect(openStudioDb()).rejects.toMatchObject({ code: 'storage-blocked' });
  } finally {
    globalThis.indexedDB = own;
  }
});
