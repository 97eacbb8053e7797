/** How strongly a column goes with the target, in [0, 1], by the measure that suits the two. */
import type { ColumnProfile } from './profile.ts';
import type { ColumnVector } from './schema.ts';
import { isMissing, lengthOf, textAt } from './vector.ts';

/** Null where too little of both is present, or one of them doesn't vary. */
export function associationOf(
  column: ColumnVector,
  target: ColumnVector,
): ColumnProfile['association'] | null {
  const rows = sampleRows(lengthOf(column)).filter(
    (row) => isUsable(column, row) && isUsable(target, row),
  );
  if (rows.length < 3) return null;
  if (column.kind === 'number' && target.kind === 'number')
    return measured('pearson', Math.abs(pearson(column.values, target.values, rows)));
  if (column.kind === 'number')
    return measured('correlation-ratio', correlationRatio(column.values, groupsOf(target, rows)));
  if (target.kind === 'number')
    return measured('correlation-ratio', correlationRatio(target.values, groupsOf(column, rows)));
  return measured('cramers-v', cramersV(column, target, rows));
}

type Measure = NonNullable<ColumnProfile['association']>['measure'];

function measured(measure: Measure, value: number): ColumnProfile['association'] | null {
  return Number.isFinite(value) ? { measure, value } : null;
}

function isUsable(vector: ColumnVector, row: number): boolean {
  return vector.kind === 'number'
    ? Number.isFinite(vector.values[row] ?? NaN)
    : !isMissing(vector, row);
}

const mostRows = 100_000;

/** Every so-manieth row where there are more than can be looked at in a moment. */
function sampleRows(rows: number): Uint32Array {
  const step = Math.max(1, rows / mostRows);
  return Uint32Array.from({ length: Math.min(rows, mostRows) }, (_, i) => Math.floor(i * step));
}

function pearson(x: Float64Array, y: Float64Array, rows: Uint32Array): number {
  const mean = (values: Float64Array) =>
    rows.reduce((sum, row) => sum + (values[row] ?? 0), 0) / rows.length;
  const meanX = mean(x);
  const meanY = mean(y);
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (const row of rows) {
    const dx = (x[row] ?? 0) - meanX;
    const dy = (y[row] ?? 0) - meanY;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}

function groupsOf(vector: ColumnVector, rows: Uint32Array): number[][] {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const name = textAt(vector, row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups.values()];
}

/** η: the root of the share of the variance that lies between the groups (Fisher). */
function correlationRatio(values: Float64Array, groups: number[][]): number {
  const n = groups.reduce((sum, group) => sum + group.length, 0);
  if (groups.length < 2 || groups.length > n / 2) return NaN; // groups of one explain everything
  const sumOf = (group: number[]) => group.reduce((sum, row) => sum + (values[row] ?? 0), 0);
  const mean = groups.reduce((sum, group) => sum + sumOf(group), 0) / n;
  let between = 0;
  let total = 0;
  for (const group of groups) {
    between += group.length * (sumOf(group) / group.length - mean) ** 2;
    for (const row of group) total += ((values[row] ?? 0) - mean) ** 2;
  }
  return Math.sqrt(between / total);
}

/** Cramér's V with Bergsma's (2013) correction for bias. */
function cramersV(a: ColumnVector, b: ColumnVector, rows: Uint32Array): number {
  const n = rows.length;
  const rowTotals = new Map<string, number>();
  const columnTotals = new Map<string, number>();
  const cells = new Map<string, { count: number; row: string; column: string }>();
  for (const at of rows) {
    const row = textAt(a, at);
    const column = textAt(b, at);
    rowTotals.set(row, (rowTotals.get(row) ?? 0) + 1);
    columnTotals.set(column, (columnTotals.get(column) ?? 0) + 1);
    const key = JSON.stringify([row, column]);
    const cell = cells.get(key);
    if (cell) cell.count++;
    else cells.set(key, { count: 1, row, column });
  }
  const r = rowTotals.size;
  const c = columnTotals.size;
  if (r < 2 || c < 2) return NaN;
  let sum = 0; // χ²/n + 1 = Σ observed² / (row total · column total)
  for (const { count, row, column } of cells.values())
    sum += count ** 2 / ((rowTotals.get(row) ?? 1) * (columnTotals.get(column) ?? 1));
  const phi = Math.max(0, sum - 1 - ((r - 1) * (c - 1)) / (n - 1));
  const rows2 = r - (r - 1) ** 2 / (n - 1);
  const columns2 = c - (c - 1) ** 2 / (n - 1);
  return Math.min(1, Math.sqrt(phi / (Math.min(rows2, columns2) - 1)));
}
