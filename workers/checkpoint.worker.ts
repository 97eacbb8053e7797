/** Digests and stores checkpoints, so that training goes on meanwhile: it takes the bytes over and gives them back. */
import { expose, transfer } from 'comlink';
import { reviveError } from '../src/lib/errors.ts';
import { putChunk } from '../src/storage/chunks.ts';
import { openStudioDb } from '../src/storage/db.ts';
import type { CheckpointStoreApi } from './training/checkpoint-store.ts';

const db = openStudioDb();
db.catch(() => undefined); // thrown where it is awaited

expose({
  async put(bytes) {
    try {
      const digest = await putChunk(await db, bytes);
      return transfer({ stored: { digest }, bytes }, [bytes]);
    } catch (error) {
      const { code, message } = reviveError(error);
      return transfer({ stored: { code, message }, bytes }, [bytes]);
    }
  },
} satisfies CheckpointStoreApi);
