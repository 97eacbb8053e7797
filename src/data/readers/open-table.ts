/** Opens a file as a table, whatever its format; gzip is taken off on the way. */
import { StudioError } from '../../lib/errors.ts';
import { openCsv } from './csv.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { formatOf, isGzip } from './format.ts';
import { openJsonLines } from './json-lines.ts';
import { openJson } from './json.ts';
import { openParquet } from './parquet.ts';
import { streamBlob } from './stream-blob.ts';
import { longestLine, type TableFile, type TableReader } from './table-reader.ts';

const leastHead = 256 * 1024;
const leastLines = 20;

export interface OpenOptions {
  dialect?: Partial<CsvDialect> | undefined;
  /** Is told of the file's bytes as they are read, the first look aside. */
  onBytes?: ((bytes: number) => void) | undefined;
}

/** @throws StudioError `bad-data`, `unsupported` */
export async function openTable(
  name: string,
  blob: Blob,
  { dialect, onBytes = () => undefined }: OpenOptions = {},
): Promise<TableReader> {
  const isZipped = isGzip(new Uint8Array(await blob.slice(0, 2).arrayBuffer()));
  const stream = (raw: ReadableStream<Uint8Array>) => (isZipped ? gunzip(name, raw) : raw);
  const { head, isAll } = await headOf(stream(streamBlob(blob)));
  const format = formatOf(name, head);
  if (isZipped && format === 'parquet') {
    const unpacked = await unpackedBlob(name, stream(streamBlob(blob)));
    const share = blob.size / Math.max(1, unpacked.size); // progress counts the bytes of the file as it is
    return openTable(name, unpacked, { dialect, onBytes: (bytes) => onBytes(bytes * share) });
  }
  const file: TableFile = {
    name,
    blob,
    head,
    headIsAll: isAll,
    bytes: () => stream(streamBlob(blob, onBytes)),
    onBytes,
  };
  switch (format) {
    case 'csv':
      return openCsv(file, dialect);
    case 'json':
      return openJson(file);
    case 'jsonl':
      return openJsonLines(file);
    case 'parquet':
      return openParquet(file);
  }
}

/** The first 256 kB, or as much more as makes some lines of a table that is very wide. */
async function headOf(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  let lines = 0;
  let isAll = false;
  while (length < leastHead || (lines < leastLines && length < longestLine)) {
    const { done, value } = await reader.read();
    if (done) {
      isAll = true;
      break;
    }
    pieces.push(new Uint8Array(value));
    length += value.length;
    for (const byte of value) if (byte === 10 || byte === 13) lines++;
  }
  if (!isAll) await reader.cancel();
  return { head: new Uint8Array(await new Blob(pieces).arrayBuffer()), isAll };
}

/** Parquet is read from its end: it can't be unpacked on the way. */
async function unpackedBlob(name: string, bytes: ReadableStream<Uint8Array>): Promise<Blob> {
  const reader = bytes.getReader();
  let parts: Blob[] = [];
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  let waiting = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(new Uint8Array(value));
    length += value.length;
    waiting += value.length;
    if (length > mostUnpacked) {
      await reader.cancel();
      throw new StudioError(
        'bad-data',
        `"${name}" unpacks to more than ${mostUnpacked / 2 ** 30} GB: unpack it first, or bring it in parts`,
      );
    }
    if (waiting < blobBytes) continue;
    parts = [...parts, new Blob(pieces)]; // the browser may keep it on disk
    pieces = [];
    waiting = 0;
  }
  return new Blob([...parts, ...pieces]);
}

const mostUnpacked = 4 * 2 ** 30;
const blobBytes = 16 * 2 ** 20;

function gunzip(name: string, bytes: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  // The types of streams and of the decompressor differ in the kind of buffer they allow.
  const plain = bytes.pipeThrough(
    new DecompressionStream('gzip') as unknown as TransformStream<Uint8Array, Uint8Array>,
  );
  const reader = plain.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(
          new StudioError('bad-data', `"${name}" is not a whole gzip file`, { cause: error }),
        );
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
