/** Keeps a file's own bytes while they are read, so that a column's type can be changed without the file. */
import { chunkBytes, putChunk } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';

export function keepSource(db: StudioDb, onBytes: (bytes: number) => void) {
  const digests: Promise<string>[] = [];
  let pending: Uint8Array[] = [];
  let length = 0;
  let isTapped = false;

  const store = () => {
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of pending) {
      bytes.set(piece, at);
      at += piece.length;
    }
    pending = [];
    length = 0;
    const writing = putChunk(db, bytes.buffer);
    writing.catch(() => undefined); // thrown where it is awaited
    digests.push(writing);
  };

  return {
    tap: (): TransformStream<Uint8Array, Uint8Array> => {
      isTapped = true;
      return new TransformStream({
        async transform(piece, controller) {
          pending.push(piece);
          length += piece.length;
          onBytes(piece.length);
          if (length >= chunkBytes) {
            await digests.at(-1); // at most two chunks in flight
            store();
          }
          controller.enqueue(piece);
        },
      });
    },
    /** Digests in order. A reader that jumps about in the file (Parquet) never streams it: it is read here. */
    async finish(blob: Blob): Promise<string[]> {
      if (length > 0) store();
      if (!isTapped)
        for (let at = 0; at < blob.size; at += chunkBytes)
          digests.push(putChunk(db, await blob.slice(at, at + chunkBytes).arrayBuffer()));
      return Promise.all(digests);
    },
  };
}
