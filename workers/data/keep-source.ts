/** Keeps a file's own bytes while they are read, so that a column's type can be changed without the file. */
import { pieceBytes } from '../../src/data/readers/stream-blob.ts';
import { chunkBytes, putChunk } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';

export function keepSource(db: StudioDb, blob: Blob, onBytes: (bytes: number) => void) {
  const digests: Promise<string>[] = [];

  /** The chunk at `digests.length`; waits for the one before the last, so that they don't pile up in memory. */
  const takeChunk = async (): Promise<Uint8Array<ArrayBuffer> | null> => {
    const at = digests.length * chunkBytes;
    if (at >= blob.size) return null;
    const bytes = await blob.slice(at, at + chunkBytes).arrayBuffer();
    await digests.at(-2);
    const writing = putChunk(db, bytes);
    writing.catch(() => undefined); // thrown where it is awaited
    digests.push(writing);
    return new Uint8Array(bytes);
  };

  return {
    /** The blob's bytes, stored as they pass. */
    bytes: (): ReadableStream<Uint8Array<ArrayBuffer>> => {
      let chunk: Uint8Array<ArrayBuffer> = new Uint8Array(0);
      return new ReadableStream({
        async pull(controller) {
          if (chunk.length === 0) {
            const next = await takeChunk();
            if (!next) {
              controller.close();
              return;
            }
            chunk = next;
          }
          const piece = chunk.subarray(0, pieceBytes);
          chunk = chunk.subarray(piece.length);
          onBytes(piece.length);
          controller.enqueue(piece);
        },
      });
    },
    /** Digests in order, of what was never streamed as well: Parquet's reader jumps about in the file. */
    async finish(): Promise<string[]> {
      while (await takeChunk());
      return Promise.all(digests);
    },
  };
}
