/** The data set with the events of its k-core alone. */
import { numberCells } from '../../src/data/number-cells.ts';
import { columnInRole, type ColumnSource, type DataSet } from '../../src/data/schema.ts';
import { kCore } from '../../src/recommend/k-core.ts';
import { readInteractions } from '../../src/recommend/read-interactions.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { keepRows } from './keep-rows.ts';

/** @throws StudioError `bad-config` before there is a user and an item, and where no event would be left */
export async function keepCore(
  db: StudioDb,
  source: ColumnSource,
  least: number,
): Promise<DataSet> {
  const { dataSet } = source;
  const { interactions } = await readInteractions(source);
  const core = kCore(interactions, least);
  const isKept = {
    user: await keptRows(source, 'user', core.users),
    item: await keptRows(source, 'item', core.items),
  };
  const kept = Uint32Array.from({ length: dataSet.rows }, (_, i) => i).filter(
    (row) => isKept.user(row) && isKept.item(row),
  );
  return keepRows(db, source, kept, { type: 'keep-core', least, rows: dataSet.rows - kept.length });
}

async function keptRows(source: ColumnSource, role: 'user' | 'item', kept: Uint32Array) {
  const name = columnInRole(source.dataSet, role)?.name ?? '';
  const { numbers } = numberCells(await source.column(name));
  const all = new Set(kept);
  return (row: number) => all.has(numbers[row] ?? -1);
}
