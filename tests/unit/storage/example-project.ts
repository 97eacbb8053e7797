/** A project of this folder's notes, and its file taken apart and put together. */
import { BlobReader, BlobWriter, Uint8ArrayReader, ZipReader, ZipWriter } from '@zip.js/zip.js';
import { putChunk } from '../../../src/storage/chunks.ts';
import type { StudioDb } from '../../../src/storage/db.ts';
import { exportProject } from '../../../src/storage/project-file.ts';
import { repository } from '../../../src/storage/records.ts';
import { bytesOf, freshDb, note, noteCodec } from './notes.ts';

export const codecs = [noteCodec];
export const createdAt = 1_700_000_000_000;

/** A project of two notes over three chunks, one of them very repetitive. */
export async function exampleDb(): Promise<StudioDb> {
  const db = await freshDb();
  const digests = await Promise.all(
    [bytesOf('first'), bytesOf('second'), new ArrayBuffer(300_000)].map((bytes) =>
      putChunk(db, bytes),
    ),
  );
  const extra = { $number: 'NaN', nan: Number.NaN, list: [-0, Infinity, null], $: { $$: 1 } };
  await repository(db, noteCodec).put(note('a', { chunks: digests.slice(0, 2), extra }));
  await repository(db, noteCodec).put(note('b', { chunks: digests.slice(1) }));
  await repository(db, noteCodec).put(note('c', { projectId: 'p2' }));
  return db;
}

export const exampleFile = async () => exportProject(await exampleDb(), 'p1', { createdAt });

export interface Entry {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export async function unzipped(file: Blob): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const entry of await new ZipReader(new BlobReader(file), {
    useWebWorkers: false,
  }).getEntries()) {
    if (entry.directory) continue;
    const blob = await entry.getData(new BlobWriter());
    entries.push({ name: entry.filename, bytes: await blob.bytes() });
  }
  return entries;
}

/** Deflated, but for runs that only a bomb would have. */
export async function zipped(entries: Entry[]): Promise<Blob> {
  const zip = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const { name, bytes } of entries)
    await zip.add(name, new Uint8ArrayReader(bytes), {
      directory: name.endsWith('/'),
      level: bytes.length === 300_000 ? 0 : 6,
    });
  return zip.close();
}
