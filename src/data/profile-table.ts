/** A whole data set in figures, with the warnings that a person should read before training. */
import { associationOf } from './association.ts';
import { RowHashes } from './hash-cells.ts';
import { profileColumn } from './profile-column.ts';
import type { ColumnProfile, DataProfile } from './profile.ts';
import { targetOf, type ColumnSource } from './schema.ts';
import { warningsOf } from './warnings.ts';

export async function profileTable(
  source: ColumnSource,
  onProgress?: (share: number) => void,
): Promise<DataProfile> {
  const { dataSet } = source;
  const target = targetOf(dataSet);
  const targetVector = target && (await source.column(target.name));
  const columns: ColumnProfile[] = [];
  const hashes = new RowHashes(dataSet.rows);
  const read = (at: number) => {
    const column = dataSet.columns[at];
    const reading = column && source.column(column.name);
    reading?.catch(() => undefined); // thrown where it is awaited
    return reading;
  };
  let next = read(0);
  for (const [i, { name, type }] of dataSet.columns.entries()) {
    const vector = await next;
    if (!vector) break;
    next = read(i + 1); // while this one is looked at
    hashes.add(vector);
    const profile = profileColumn(name, type, vector);
    const association =
      targetVector && name !== target.name ? associationOf(vector, targetVector) : null;
    columns.push(association ? { ...profile, association } : profile);
    onProgress?.(columns.length / (dataSet.columns.length + 1));
  }
  const repeated = hashes.repeated();
  onProgress?.(1);
  return {
    rows: dataSet.rows,
    duplicateRows: repeated.length,
    columns,
    warnings: warningsOf(dataSet, columns, repeated.length),
  };
}
