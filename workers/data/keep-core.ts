/** The data set with the events of its k-core alone. */
import { numberInParts } from '../../src/data/number-cells.ts';
import { columnInRole, type ColumnSource, type DataSet } from '../../src/data/schema.ts';
import { inRanges, type Parts } from '../../src/lib/parts.ts';
import { Breaks } from '../../src/recommend/in-parts.ts';
import { kCoreInParts } from '../../src/recommend/k-core.ts';
import { readInteractions } from '../../src/recommend/read-interactions.ts';
import { yieldToMessages } from '../../src/training/engine/yield.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { keepRows } from './keep-rows.ts';

/** @throws StudioError `bad-config` before there is a user and an item, and where no event would be left */
export async function keepCore(
  db: StudioDb,
  source: ColumnSource,
  least: number,
): Promise<DataSet> {
  const { dataSet } = source;
  const breaks = new Breaks(yieldToMessages);
  const { interactions } = await readInteractions(source, yieldToMessages);
  const core = await breaks.drive(kCoreInParts(interactions, least));
  const isKept = {
    user: await keptRows(source, 'user', core.users, breaks),
    item: await keptRows(source, 'item', core.items, breaks),
  };
  const kept = await breaks.drive(
    rowsWhere(dataSet.rows, (row) => isKept.user(row) && isKept.item(row)),
  );
  return keepRows(db, source, kept, { type: 'keep-core', least, rows: dataSet.rows - kept.length });
}

async function keptRows(
  source: ColumnSource,
  role: 'user' | 'item',
  kept: Uint32Array,
  breaks: Breaks,
) {
  const name = columnInRole(source.dataSet, role)?.name ?? '';
  const { numbers, names } = await breaks.drive(numberInParts(await source.column(name)));
  const isKept = new Uint8Array(names.length);
  for (const number of kept) isKept[number] = 1;
  return (row: number) => isKept[numbers[row] ?? -1] === 1;
}

function* rowsWhere(rows: number, isKept: (row: number) => boolean): Parts<Uint32Array> {
  const found = new Uint32Array(rows);
  let count = 0;
  yield* inRanges(rows, (from, to) => {
    for (let row = from; row < to; row++) if (isKept(row)) found[count++] = row;
  });
  return found.slice(0, count);
}
