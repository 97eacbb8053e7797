/** Opens a file as a table, whatever its format; gzip is taken off on the way. */
import { StudioError } from '../../lib/errors.ts';
import { openCsv } from './csv.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { formatOf, isGzip } from './format.ts';
import { openJson, openJsonLines } from './json.ts';
import { openParquet } from './parquet.ts';
import { streamBlob } from './stream-blob.ts';
import type { TableFile, TableReader } from './table-reader.ts';

const headBytes = 256 * 1024;

/**
 * @param options.bytes streams the blob, e.g. to count or keep what passes
 * @throws StudioError `bad-data`, `unsupported`
 */
export async function openTable(
  name: string,
  blob: Blob,
  options: {
    dialect?: Partial<CsvDialect> | undefined;
    bytes?: (() => ReadableStream<Uint8Array>) | undefined;
  } = {},
): Promise<TableReader> {
  const first = new Uint8Array(await blob.slice(0, headBytes).arrayBuffer());
  const isZipped = isGzip(first);
  const unzipped = isZipped ? await gunzipHead(name, blob) : null;
  const head = unzipped?.head ?? first;
  const format = formatOf(name, head);
  if (isZipped && format === 'parquet')
    throw new StudioError('unsupported', `"${name}": unpack the Parquet file first`);
  const file: TableFile = {
    name,
    blob,
    head,
    headIsAll: unzipped ? unzipped.isAll : blob.size <= headBytes,
    bytes() {
      const raw = options.bytes?.() ?? streamBlob(blob);
      return isZipped ? gunzip(name, raw) : raw;
    },
  };
  switch (format) {
    case 'csv':
      return openCsv(file, options.dialect);
    case 'json':
      return openJson(file);
    case 'jsonl':
      return openJsonLines(file);
    case 'parquet':
      return openParquet(file);
  }
}

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

async function gunzipHead(name: string, blob: Blob) {
  const reader = gunzip(name, streamBlob(blob)).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  let isAll = false;
  while (length < headBytes) {
    const { done, value } = await reader.read();
    if (done) {
      isAll = true;
      break;
    }
    pieces.push(value);
    length += value.length;
  }
  if (!isAll) await reader.cancel();
  const head = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    head.set(piece, at);
    at += piece.length;
  }
  return { head, isAll };
}
