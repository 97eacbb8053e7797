/** The data set with the events of its k-core alone. */
import { keepCore } from '../../src/data/keep-core.ts';
import { numberCells } from '../../src/data/number-cells.ts';
import { columnInRole, type ColumnSource, type DataSet } from '../../src/data/schema.ts';
import { StudioError } from '../../src/lib/errors.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { keepRows } from './keep-rows.ts';

/** @throws StudioError `bad-config` before there is a user and an item, and where no event would be left */
export async function keepCoreOf(
  db: StudioDb,
  source: ColumnSource,
  least: number,
): Promise<DataSet> {
  const { dataSet } = source;
  const user = columnInRole(dataSet, 'user');
  const item = columnInRole(dataSet, 'item');
  if (!user || !item)
    throw new StudioError('bad-config', 'Say first which columns are the user and the item');
  const users = numberCells(await source.column(user.name)).numbers;
  const items = numberCells(await source.column(item.name)).numbers;
  const kept = keepCore(users, items, least);
  return keepRows(db, source, kept, {
    type: 'keep-core',
    least,
    rows: dataSet.rows - kept.length,
  });
}
