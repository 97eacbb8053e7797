/** Finds rows that repeat an earlier one in every column. */
import { RowHashes } from './hash-cells.ts';
import type { ColumnSource } from './schema.ts';

/** The later rows of each set of equal ones, ascending. Rows are told apart by their hash. */
export async function duplicateRows(source: ColumnSource): Promise<Uint32Array> {
  const { rows, columns } = source.dataSet;
  const hashes = new RowHashes(rows);
  for (const { name } of columns) hashes.add(await source.column(name));
  return hashes.repeated();
}
