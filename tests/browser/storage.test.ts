import { afterAll, expect, test } from 'vitest';
import { deleteDB } from 'idb';
import { sha256 } from '../../src/lib/digest.ts';
import { collectGarbage, hasChunk, putChunk } from '../../src/storage/chunks.ts';
import { openStudioDb } from '../../src/storage/db.ts';
import { holdProject, whileInUse, whileUnused } from '../../src/storage/locks.ts';
import { exportProject, importProject } from '../../src/storage/project-file.ts';
import { projectRecords, putRecords, repository } from '../../src/storage/records.ts';
import { storageSpace } from '../../src/storage/space.ts';
import { announce, onAnnouncement, type Announcement } from '../../src/storage/tabs.ts';

interface Note {
  id: string;
  projectId: string;
  chunks: string[];
}

const codec = {
  kind: 'note',
  version: 1,
  id: ({ id }: Note) => id,
  projectId: ({ projectId }: Note) => projectId,
  createdAt: () => 0,
  chunks: ({ chunks }: Note) => chunks,
  decode: (body: unknown) => body as Note, // of this test's own making
  withProject: (note: Note, projectId: string) => ({ ...note, id: `${note.id}~`, projectId }),
};

afterAll(async () => {
  await deleteDB('storage test');
  await deleteDB('storage test 2');
});

test('one tab writes to a project, another may once it is let go', async () => {
  const held = await holdProject('p1');
  expect(held).not.toBeNull();
  expect(await holdProject('p1')).toBeNull();
  const other = await holdProject('p2');
  expect(other).not.toBeNull();
  other?.release();
  held?.release();
  await expect.poll(() => holdProject('p1')).not.toBeNull();
});

test('a tab that waits writes once the other lets go, and not at all where it waits in vain', async () => {
  const held = await holdProject('p3');
  expect(await holdProject('p3', AbortSignal.timeout(20))).toBeNull();
  const waits = holdProject('p3', AbortSignal.timeout(10_000));
  held?.release();
  const next = await waits;
  expect(next).not.toBeNull();
  next?.release();
});

test('nothing is collected while bytes are being written', async () => {
  const db = await openStudioDb('storage test');
  const digest = await whileInUse(async () => {
    const loose = await putChunk(db, new Uint8Array([1, 2, 3]).buffer);
    expect(await whileInUse(() => Promise.resolve('shared'))).toBe('shared');
    expect(await whileUnused(() => collectGarbage(db))).toBeUndefined();
    expect(await hasChunk(db, loose)).toBe(true);
    return loose;
  });
  expect(await whileUnused(() => collectGarbage(db))).toBe(1);
  expect(await hasChunk(db, digest)).toBe(false);
  await expect(whileInUse(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await whileUnused(() => Promise.resolve('free'))).toBe('free');
  db.close();
});

test('changes are told to others, and one’s own are not', async () => {
  const heard: Announcement[] = [];
  const stop = onAnnouncement((announcement) => heard.push(announcement));
  announce({ type: 'changed', kind: 'note', id: 'own', projectId: 'p1' });
  const other = new BroadcastChannel('glasshouse-records');
  for (const message of ['noise', { type: 'changed', kind: 1 }, { type: 'gone' }])
    other.postMessage(message);
  const sent = { type: 'changed', kind: 'note', id: 'a', projectId: 'p1', sender: 'another tab' };
  other.postMessage(sent);
  await expect.poll(() => heard).toEqual([sent]);
  stop();
  other.postMessage(sent);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(heard).toHaveLength(1);
  other.close();
});

test('a project of several megabytes goes out and in with the browser’s own database and streams', async () => {
  const [from, to] = await Promise.all([
    openStudioDb('storage test'),
    openStudioDb('storage test 2'),
  ]);
  const noise = new Uint8Array(4 * 2 ** 20);
  for (let at = 0; at < noise.length; at += 65536)
    crypto.getRandomValues(noise.subarray(at, at + 65536));
  const chunks = [
    await putChunk(from, noise.buffer),
    await putChunk(from, new Float64Array(2 ** 18).map((_, i) => i % 1000).buffer),
    await putChunk(from, new ArrayBuffer(2 ** 20)),
  ];
  await repository(from, codec).put({ id: 'a', projectId: 'p1', chunks });
  const file = await exportProject(from, 'p1', { createdAt: 0 });
  expect(await importProject(to, file, { codecs: [codec] })).toBe('p1');
  expect(await projectRecords(to, 'p1')).toEqual(await projectRecords(from, 'p1'));
  expect((await to.getAllKeys('chunks')).sort()).toEqual(chunks.sort());
  const again = await exportProject(to, 'p1', { createdAt: 0 });
  expect(await sha256(await again.arrayBuffer())).toBe(await sha256(await file.arrayBuffer()));
  const cut = file.slice(0, file.size - 10);
  await expect(importProject(to, cut, { codecs: [codec] })).rejects.toMatchObject({
    code: 'corrupt',
  });
  from.close();
  to.close();
});

test('of records put together none is written where one can’t be', async () => {
  const db = await openStudioDb('storage test');
  const record = { kind: 'x', version: 1, projectId: 'p', createdAt: 0, chunks: [] };
  await expect(
    putRecords(db, [
      { ...record, id: 'good', body: 1 },
      { ...record, id: 'bad', body: () => 1 },
    ]),
  ).rejects.toThrow(/could not be cloned/);
  expect(await projectRecords(db, 'p')).toEqual([]);
  db.close();
});

test('use and quota are numbers of bytes', async () => {
  const { used, quota, persisted } = await storageSpace();
  expect(used).toBeGreaterThanOrEqual(0);
  expect(quota).toBeGreaterThan(1e6);
  expect(persisted).toBeTypeOf('boolean');
});
