/** Bytes by content: written once, shared by every record that names their digest. */
import { sha256 } from '../lib/digest.ts';
import { reviveError, StudioError } from '../lib/errors.ts';
import type { StudioDb } from './db.ts';

/** Larger bytes are cut into chunks of this many, so that nothing large is ever rewritten. */
export const chunkBytes = 4 * 2 ** 20;

/**
 * Stores bytes and returns their digest; bytes that are there already cost nothing.
 * @throws StudioError `storage-full`
 */
export async function putChunk(db: StudioDb, bytes: ArrayBuffer): Promise<string> {
  const [digest = ''] = await putChunks(db, [bytes]);
  return digest;
}

/** As `putChunk`, many in one transaction: all of them or none. */
export async function putChunks(db: StudioDb, all: readonly ArrayBuffer[]): Promise<string[]> {
  const digests = await Promise.all(all.map((bytes) => sha256(bytes)));
  try {
    const { store, done } = db.transaction('chunks', 'readwrite');
    const writes = digests.map(async (digest, i) => {
      const bytes = all[i];
      if (bytes && (await store.getKey(digest)) === undefined) await store.put({ digest, bytes });
    });
    await Promise.all([...writes, done]);
  } catch (error) {
    throw reviveError(error);
  }
  return digests;
}

/** @throws StudioError `corrupt` where the bytes are gone. */
export async function getChunk(db: StudioDb, digest: string): Promise<ArrayBuffer> {
  const chunk = await db.get('chunks', digest);
  if (!chunk) throw new StudioError('corrupt', `Stored bytes ${digest.slice(0, 12)}… are missing`);
  return chunk.bytes;
}

export async function hasChunk(db: StudioDb, digest: string): Promise<boolean> {
  return (await db.getKey('chunks', digest)) !== undefined;
}

/**
 * Deletes the chunks that no record names. Only while nothing is being imported or trained
 * (see locks.ts): bytes are written before the record that keeps them alive.
 * @returns how many were deleted
 */
export async function collectGarbage(db: StudioDb): Promise<number> {
  return collectChunks(db, await db.getAllKeys('chunks'));
}

/**
 * Deletes those of these chunks that no record names any more, e.g. a checkpoint that another replaced.
 * @returns how many were deleted
 */
export async function collectChunks(db: StudioDb, digests: readonly string[]): Promise<number> {
  const transaction = db.transaction(['chunks', 'records'], 'readwrite');
  const named = transaction.objectStore('records').index('by-chunk');
  const chunks = transaction.objectStore('chunks');
  let deleted = 0;
  for (const digest of digests) {
    if ((await named.getKey(digest)) !== undefined) continue;
    await chunks.delete(digest);
    deleted++;
  }
  await transaction.done;
  return deleted;
}
