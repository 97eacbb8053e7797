/** A blob's bytes in even pieces: engines differ in what `blob.stream()` gives at a time, up to all of it. */

/** Read at once, as each read waits for another process … */
const readBytes = 1024 * 1024;
/** … and handed on in pieces whose cells stay in the processor's cache while they are typed. */
const pieceBytes = 128 * 1024;

export function streamBlob(
  blob: Blob,
  onBytes: (bytes: number) => void = () => undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  let waiting = new Uint8Array(0);
  return new ReadableStream(
    {
      async pull(controller) {
        if (waiting.length === 0) {
          waiting = new Uint8Array(await blob.slice(at, at + readBytes).arrayBuffer());
          at += waiting.length;
        }
        if (waiting.length === 0) {
          controller.close();
          return;
        }
        const piece = waiting.subarray(0, pieceBytes);
        waiting = waiting.subarray(piece.length);
        onBytes(piece.length);
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 }, // nothing is read before it is asked for
  );
}
