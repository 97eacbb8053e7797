/** Where an import's bytes go: into the database from here, or from a worker of their own while reading goes on. */
import { transfer } from 'comlink';
import { WorkerClient } from '../../src/rpc/worker-client.ts';
import { chunkBytes, putChunk, putChunks } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';

export interface ByteStore {
  /** Takes the buffers over. @throws StudioError `storage-full` */
  put(all: ArrayBuffer[]): Promise<string[]>;
  /** Stores a file's own bytes in chunks of 4 MiB, whose digests it gives in order. */
  keep(blob: Blob): Promise<string[]>;
  /** Gives up what isn't stored yet. */
  close(): void;
}

const chunksInFlight = 4;

export function localByteStore(db: StudioDb): ByteStore {
  let isClosed = false;
  return {
    put: (all) => putChunks(db, all),
    async keep(blob) {
      const digests: Promise<string>[] = [];
      for (let at = 0; at < blob.size && !isClosed; at += chunkBytes) {
        const bytes = await blob.slice(at, at + chunkBytes).arrayBuffer();
        await digests.at(-chunksInFlight);
        const writing = putChunk(db, bytes);
        writing.catch(() => undefined); // thrown where it is awaited
        digests.push(writing);
      }
      return Promise.all(digests);
    },
    close: () => (isClosed = true),
  };
}

/** What workers/bytes.worker.ts serves. */
export type ByteStoreApi = Pick<ByteStore, 'put' | 'keep'>;

export function workerByteStore(): ByteStore {
  const client = new WorkerClient<ByteStoreApi>(
    () =>
      new Worker(new URL('../bytes.worker.ts', import.meta.url), { type: 'module', name: 'bytes' }),
  );
  return {
    put: (all) => client.call((api) => api.put(transfer(all, all))),
    keep: (blob) => client.call((api) => api.keep(blob)),
    close: () => client.end(),
  };
}
