/** A data set with some of its rows: every column's blocks are written anew. */
import { encodeBlock } from '../../src/data/block-codec.ts';
import { nextVersion } from '../../src/data/change-data-set.ts';
import type { Column, ColumnSource, DataChange, DataSet } from '../../src/data/schema.ts';
import { pick } from '../../src/data/vector.ts';
import { putChunk } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';

/** @param kept row numbers, ascending; @returns the same version where nothing is left out */
export async function keepRows(
  db: StudioDb,
  source: ColumnSource,
  kept: Uint32Array,
  change: DataChange,
): Promise<DataSet> {
  const { dataSet } = source;
  if (kept.length === dataSet.rows) return dataSet;
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
  return nextVersion(dataSet, { columns, rows: kept.length }, change);
}
