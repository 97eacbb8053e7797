/** Slices of a stored table for the page: in order, sorted, searched or by number. The last order found is kept. */
import type { ColumnSource, ColumnVector } from '../../src/data/schema.ts';
import { formatCell } from '../../src/data/format-cell.ts';
import { isMissing, textAt } from '../../src/data/vector.ts';
import type { RowQuery, RowSlice } from '../../src/rpc/contracts.ts';

interface Order {
  source: ColumnSource;
  key: string;
  rows: Uint32Array;
}

let last: Order | null = null;

export async function queryRows(source: ColumnSource, query: RowQuery): Promise<RowSlice> {
  const { columns, rows } = source.dataSet;
  const ordered = await orderOf(source, query);
  const total = ordered?.length ?? rows;
  const start = Math.min(Math.max(0, query.start), total);
  const count = Math.min(query.count, total - start);
  const rowNumbers = Array.from({ length: count }, (_, i) =>
    ordered ? (ordered[start + i] ?? 0) : start + i,
  );
  const cells: (string | null)[][] = rowNumbers.map(() => []);
  for (const { name, type } of columns) {
    const vector = await source.column(name);
    rowNumbers.forEach((row, i) => cells[i]?.push(formatCell(vector, row, type)));
  }
  return { total, rowNumbers, cells };
}

/** Null for the table's own order, all of it. */
async function orderOf(
  source: ColumnSource,
  { rows, sort, search }: RowQuery,
): Promise<Uint32Array | null> {
  const text = search?.text.trim().toLowerCase() ?? '';
  if (!rows && !sort && text === '') return null;
  const key = JSON.stringify([rows && [...rows], sort, text, search?.column]);
  if (last?.source === source && last.key === key) return last.rows;
  let found = rows ?? Uint32Array.from({ length: source.dataSet.rows }, (_, i) => i);
  if (text !== '') found = await matching(source, found, text, search?.column);
  if (sort) found = sorted(await source.column(sort.column), found, sort.descending);
  last = { source, key, rows: found };
  return found;
}

async function matching(
  source: ColumnSource,
  rows: Uint32Array,
  text: string,
  column: string | undefined,
): Promise<Uint32Array> {
  const isHit = new Uint8Array(source.dataSet.rows);
  for (const { name, type } of source.dataSet.columns) {
    if (column !== undefined && name !== column) continue;
    const vector = await source.column(name);
    const hits =
      vector.kind === 'code'
        ? codeHits(vector, text)
        : (row: number) => formatCell(vector, row, type)?.toLowerCase().includes(text) ?? false;
    for (const row of rows) if (isHit[row] === 0 && hits(row)) isHit[row] = 1;
  }
  return rows.filter((row) => isHit[row] === 1);
}

/** A category's text is looked at once, not once a row. */
function codeHits({ codes, dictionary }: Extract<ColumnVector, { kind: 'code' }>, text: string) {
  const hits = dictionary.map((value) => value.toLowerCase().includes(text));
  return (row: number) => hits[codes[row] ?? -1] ?? false;
}

/** Stable; missing cells come last either way. */
function sorted(vector: ColumnVector, rows: Uint32Array, descending: boolean): Uint32Array {
  const present = rows.filter((row) => !isMissing(vector, row));
  const missing = rows.filter((row) => isMissing(vector, row));
  const compare = comparison(vector);
  present.sort(descending ? (a, b) => compare(b, a) || a - b : (a, b) => compare(a, b) || a - b);
  const all = new Uint32Array(rows.length);
  all.set(present);
  all.set(missing, present.length);
  return all;
}

function comparison(vector: ColumnVector): (a: number, b: number) => number {
  if (vector.kind === 'number')
    return (a, b) => (vector.values[a] ?? 0) - (vector.values[b] ?? 0) || 0;
  const collator = new Intl.Collator(undefined, { numeric: true });
  if (vector.kind === 'text')
    return (a, b) => collator.compare(textAt(vector, a), textAt(vector, b));
  const order = [...vector.dictionary.keys()].sort((a, b) =>
    collator.compare(vector.dictionary[a] ?? '', vector.dictionary[b] ?? ''),
  );
  const rank = new Int32Array(order.length);
  order.forEach((code, place) => (rank[code] = place));
  return (a, b) => (rank[vector.codes[a] ?? 0] ?? 0) - (rank[vector.codes[b] ?? 0] ?? 0);
}
