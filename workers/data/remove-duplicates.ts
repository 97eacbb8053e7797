/** The data set without the rows that repeat an earlier one: every column's blocks are written anew. */
import { encodeBlock } from '../../src/data/block-codec.ts';
import { nextVersion } from '../../src/data/change-data-set.ts';
import { duplicateRows } from '../../src/data/duplicates.ts';
import type { Column, ColumnSource, DataSet } from '../../src/data/schema.ts';
import { pick } from '../../src/data/vector.ts';
import { putChunk } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';

export async function removeDuplicates(db: StudioDb, source: ColumnSource): Promise<DataSet> {
  const { dataSet } = source;
  const repeated = new Set(await duplicateRows(source));
  if (repeated.size === 0) return dataSet;
  const kept = Uint32Array.from({ length: dataSet.rows }, (_, i) => i).filter(
    (row) => !repeated.has(row),
  );
  const columns: Column[] = [];
  for (const column of dataSet.columns) {
    const vector = await source.column(column.name);
    const blocks: string[] = [];
    for (let from = 0; from < kept.length; from += dataSet.blockRows) {
      const block = pick(vector, kept.subarray(from, from + dataSet.blockRows));
      blocks.push(await putChunk(db, encodeBlock(block)));
    }
    columns.push({ ...column, blocks });
  }
  return nextVersion(
    dataSet,
    { columns, rows: kept.length },
    { type: 'remove-duplicates', rows: repeated.size },
  );
}
