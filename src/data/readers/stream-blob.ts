/** A blob's bytes in even pieces: engines differ in what `blob.stream()` gives at a time, up to all of it. */

/** Parsing is fastest on text that stays in the processor's cache. */
export const pieceBytes = 512 * 1024;

export function streamBlob(
  blob: Blob,
  onBytes: (bytes: number) => void = () => undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        const piece = new Uint8Array(await blob.slice(at, at + pieceBytes).arrayBuffer());
        if (piece.length === 0) {
          controller.close();
          return;
        }
        at += piece.length;
        onBytes(piece.length);
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 }, // nothing is read before it is asked for
  );
}
