/** Parquet, a row group at a time. Nested columns are kept as JSON text. */
import { StudioError } from '../../lib/errors.ts';
import type { ImportNote, TextRow } from '../schema.ts';
import {
  cellText,
  checkWidth,
  uniqueNames,
  type TableFile,
  type TableReader,
} from './table-reader.ts';

const batchRows = 10_000;

/** A column of a row group comes in chunks, one after the other. */
type Chunks = { from: number; values: ArrayLike<unknown> }[];

/** @throws StudioError `bad-data` for a broken file */
export async function openParquet(file: TableFile): Promise<TableReader> {
  const [{ parquetMetadataAsync, parquetRead, parquetSchema }, { compressors }] = await Promise.all(
    [import('hyparquet'), import('hyparquet-compressors')],
  );
  const buffer = {
    byteLength: file.blob.size,
    slice: (start: number, end?: number) => {
      const part = file.blob.slice(start, end);
      file.onBytes(part.size);
      return part.arrayBuffer();
    },
  };
  const metadata = await whole(file.name, parquetMetadataAsync(buffer));
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  const notes: ImportNote[] = [];
  const names = uniqueNames(checkWidth(columns, file.name), notes);
  const readGroup = async (rowStart: number, rowEnd: number) => {
    const group = new Map<string, Chunks>(columns.map((name) => [name, []]));
    const onChunk = (chunk: {
      columnName: string;
      columnData: ArrayLike<unknown>;
      rowStart: number;
    }) => group.get(chunk.columnName)?.push({ from: chunk.rowStart, values: chunk.columnData });
    await whole(
      file.name,
      parquetRead({ file: buffer, metadata, compressors, rowStart, rowEnd, onChunk }),
    );
    return columns.map((name) => group.get(name) ?? []);
  };
  return {
    dialect: { format: 'parquet' },
    names,
    notes,
    async *batches() {
      let start = 0;
      for (const { num_rows } of metadata.row_groups) {
        const end = start + Number(num_rows);
        const group = await readGroup(start, end);
        for (let from = start; from < end; from += batchRows)
          yield rowsOf(group, from, Math.min(end, from + batchRows));
        start = end;
      }
    },
  };
}

async function whole<T>(name: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw new StudioError(
      'bad-data',
      `"${name}" is not a whole Parquet file: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function rowsOf(group: readonly Chunks[], from: number, to: number): TextRow[] {
  const rows: (string | null)[][] = Array.from({ length: to - from }, () =>
    new Array<string | null>(group.length).fill(null),
  );
  group.forEach((chunks, column) => {
    for (const chunk of chunks) {
      const last = Math.min(to, chunk.from + chunk.values.length);
      for (let row = Math.max(from, chunk.from); row < last; row++) {
        const cells = rows[row - from];
        if (cells) cells[column] = cellText(chunk.values[row - chunk.from]);
      }
    }
  });
  return rows;
}
