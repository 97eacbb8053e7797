/** Puts a version's record, unless the project has the very same content already: then that one stands. */
import { dataSetCodec, dataSetKey } from '../../src/data/data-set-codec.ts';
import type { DataSet } from '../../src/data/schema.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { repository } from '../../src/storage/records.ts';

/**
 * A change that leads back to an earlier version must not become that version's parent: undoing would go in
 * a circle.
 */
export async function putDataSet(db: StudioDb, dataSet: DataSet): Promise<DataSet> {
  const dataSets = repository(db, dataSetCodec);
  const existing = await dataSets.find(dataSetKey(dataSet));
  if (existing) return existing;
  await dataSets.put(dataSet);
  return dataSet;
}
