/** A file as a table in memory: for scoring or evaluating it, not for keeping it. */
import { inferTypes, sampleRowsOf } from '../../src/data/infer-types.ts';
import { openTable } from '../../src/data/readers/open-table.ts';
import type { ColumnType, ColumnVector, TextRow, UnreadCells } from '../../src/data/schema.ts';
import { blockRowsOf, TableBuilder } from '../../src/data/table-builder.ts';
import { joinVectors } from '../../src/data/vector.ts';
import { StudioError } from '../../src/lib/errors.ts';
import type { ImportProgress } from '../../src/rpc/contracts.ts';
import { progressMeter } from './progress.ts';

/** Some 160 MB of numbers, or a gigabyte of text. */
const mostCells = 20_000_000;

export interface ReadTable {
  rows: number;
  columns: { name: string; type: ColumnType; vector: ColumnVector; unread?: UnreadCells }[];
}

export interface ReadTableOptions {
  /** Types by column name, e.g. those that a model was trained on; other columns stay text. Found where absent. */
  types?: Readonly<Record<string, ColumnType>>;
  onProgress?: (progress: ImportProgress) => void;
}

/**
 * Cells that aren't of the type asked for are missing, and counted in `unread`.
 * @throws StudioError `bad-data`; `unsupported` for a table that doesn't fit in memory
 */
export async function readTable(
  file: { name: string; blob: Blob },
  { types, onProgress = () => undefined }: ReadTableOptions = {},
): Promise<ReadTable> {
  const meter = progressMeter(file.blob.size, onProgress);
  const reader = await openTable(file.name, file.blob, {
    dialect: undefined,
    onBytes: meter.read,
  });
  const { names } = reader;
  const asked: Record<string, ColumnType> = {};
  if (types)
    for (const name of names) asked[name] = (Object.hasOwn(types, name) && types[name]) || 'text';
  const blocks: ColumnVector[][] = names.map(() => []);
  let table: TableBuilder | null = null;
  let waiting: TextRow[] = [];
  const begin = () => {
    const found = inferTypes(names, waiting.slice(0, sampleRowsOf(names.length)), asked);
    const begun = new TableBuilder(names, found, blockRowsOf(names.length), (block) =>
      block.forEach((vector, i) => blocks[i]?.push(vector)),
    );
    begun.add(waiting);
    waiting = [];
    return begun;
  };
  for await (const batch of reader.batches()) {
    if (table) table.add(batch);
    else {
      for (const row of batch) waiting.push(row);
      if (waiting.length >= sampleRowsOf(names.length)) table = begin();
    }
    const rows = table?.rows ?? waiting.length;
    if (rows * names.length > mostCells)
      throw new StudioError(
        'unsupported',
        `"${file.name}" has more than ${mostCells.toLocaleString('en')} cells, too many to answer at once; cut it into smaller files`,
      );
    meter.rows(rows);
  }
  if (waiting.length > 0) table = begin();
  if (!table) throw new StudioError('bad-data', `"${file.name}" has no rows`);
  const built = table.end();
  const { rows } = table;
  meter.done(rows);
  return {
    rows,
    columns: built.map(({ name, type, unread }, i) => ({
      name,
      type,
      vector: joinVectors(blocks[i] ?? []),
      ...(unread && { unread }),
    })),
  };
}
