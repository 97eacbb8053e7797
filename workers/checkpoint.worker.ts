/** Digests and stores checkpoints, so that training goes on meanwhile: it takes the bytes over and gives them back. */
import { expose, transfer } from 'comlink';
import { putChunk } from '../src/storage/chunks.ts';
import { openStudioDb } from '../src/storage/db.ts';
import type { CheckpointStoreApi } from './training/checkpoint-store.ts';

const db = openStudioDb();
db.catch(() => undefined); // thrown where it is awaited

expose({
  async put(bytes) {
    const digest = await putChunk(await db, bytes);
    return transfer({ digest, bytes }, [bytes]);
  },
} satisfies CheckpointStoreApi);
