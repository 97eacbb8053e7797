/** The data set without the rows that repeat an earlier one. */
import { duplicateRows } from '../../src/data/duplicates.ts';
import type { ColumnSource, DataSet } from '../../src/data/schema.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { keepRows } from './keep-rows.ts';

export async function removeDuplicates(db: StudioDb, source: ColumnSource): Promise<DataSet> {
  const { rows } = source.dataSet;
  const repeated = new Set(await duplicateRows(source));
  const kept = Uint32Array.from({ length: rows }, (_, i) => i).filter((row) => !repeated.has(row));
  return keepRows(db, source, kept, { type: 'remove-duplicates', rows: repeated.size });
}
