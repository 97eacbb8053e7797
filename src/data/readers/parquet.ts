/** Parquet, a row group at a time. Nested columns are kept as JSON text. */
import { StudioError } from '../../lib/errors.ts';
import type { ImportNote } from '../schema.ts';
import { mostColumns, uniqueNames, type TableFile, type TableReader } from './table-reader.ts';

const batchRows = 20_000;

/** @throws StudioError `bad-data` for a broken file */
export async function openParquet(file: TableFile): Promise<TableReader> {
  const [{ parquetMetadataAsync, parquetReadObjects, parquetSchema }, { compressors }] =
    await Promise.all([import('hyparquet'), import('hyparquet-compressors')]);
  const buffer = {
    byteLength: file.blob.size,
    slice: (start: number, end?: number) => file.blob.slice(start, end).arrayBuffer(),
  };
  const told = async <T>(reading: Promise<T>): Promise<T> => {
    try {
      return await reading;
    } catch (error) {
      throw new StudioError(
        'bad-data',
        `"${file.name}" is not a whole Parquet file: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  const metadata = await told(parquetMetadataAsync(buffer));
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  if (columns.length > mostColumns)
    throw new StudioError(
      'bad-data',
      `"${file.name}" has ${columns.length} columns; at most ${mostColumns} can be used`,
    );
  const notes: ImportNote[] = [];
  const rows = Number(metadata.num_rows);
  return {
    dialect: { format: 'parquet' },
    names: uniqueNames(columns, notes),
    notes,
    async *batches() {
      for (let rowStart = 0; rowStart < rows; rowStart += batchRows) {
        const rowEnd = Math.min(rows, rowStart + batchRows);
        const records = await told(
          parquetReadObjects({ file: buffer, metadata, compressors, rowStart, rowEnd }),
        );
        yield records.map((record) => columns.map((name) => cellOf(record[name])));
      }
    },
  };
}

function cellOf(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return value.toISOString();
      return JSON.stringify(value, (_key, member: unknown) =>
        typeof member === 'bigint' ? Number(member) : member,
      );
    default:
      return null;
  }
}
