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
    return measured(
      'correlation-ratio',
      correlationRatio(column.values, rows, groupsOf(target, rows)),
    );
  if (target.kind === 'number')
    return measured(
      'correlation-ratio',
      correlationRatio(target.values, rows, groupsOf(column, rows)),
    );
  return measured('cramers-v', cramersV(groupsOf(column, rows), groupsOf(target, rows)));
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

interface Groups {
  /** Of each of the rows, from 0. */
  of: Int32Array;
  count: number;
}

/** Rows of equal cells are a group. */
function groupsOf(vector: ColumnVector, rows: Uint32Array): Groups {
  const places = new Map<string | number, number>();
  const of = new Int32Array(rows.length);
  for (const [i, row] of rows.entries()) {
    const cell = vector.kind === 'code' ? (vector.codes[row] ?? -1) : textAt(vector, row);
    let place = places.get(cell);
    if (place === undefined) places.set(cell, (place = places.size));
    of[i] = place;
  }
  return { of, count: places.size };
}

/** η: the root of the share of the variance that lies between the groups (Fisher). */
function correlationRatio(values: Float64Array, rows: Uint32Array, groups: Groups): number {
  const n = rows.length;
  if (groups.count < 2 || groups.count > n / 2) return NaN; // groups of one explain everything
  const sums = new Float64Array(groups.count);
  const sizes = new Uint32Array(groups.count);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const value = values[rows[i] ?? 0] ?? 0;
    const group = groups.of[i] ?? 0;
    sum += value;
    sums[group] = (sums[group] ?? 0) + value;
    sizes[group] = (sizes[group] ?? 0) + 1;
  }
  const mean = sum / n;
  let between = 0;
  for (let group = 0; group < groups.count; group++) {
    const size = sizes[group] ?? 1;
    between += size * ((sums[group] ?? 0) / size - mean) ** 2;
  }
  let total = 0;
  for (let i = 0; i < n; i++) total += ((values[rows[i] ?? 0] ?? 0) - mean) ** 2;
  return Math.sqrt(between / total);
}

/** Cramér's V with Bergsma's (2013) correction for bias. */
function cramersV(a: Groups, b: Groups): number {
  const n = a.of.length;
  const r = a.count;
  const c = b.count;
  if (r < 2 || c < 2) return NaN;
  const rowTotals = new Uint32Array(r);
  const columnTotals = new Uint32Array(c);
  const cells = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const row = a.of[i] ?? 0;
    const column = b.of[i] ?? 0;
    rowTotals[row] = (rowTotals[row] ?? 0) + 1;
    columnTotals[column] = (columnTotals[column] ?? 0) + 1;
    const cell = row * c + column;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  let sum = 0; // χ²/n + 1 = Σ observed² / (row total · column total)
  for (const [cell, count] of cells)
    sum += count ** 2 / ((rowTotals[Math.floor(cell / c)] ?? 1) * (columnTotals[cell % c] ?? 1));
  const phi = Math.max(0, sum - 1 - ((r - 1) * (c - 1)) / (n - 1));
  const rows2 = r - (r - 1) ** 2 / (n - 1);
  const columns2 = c - (c - 1) ** 2 / (n - 1);
  return Math.min(1, Math.sqrt(phi / (Math.min(rows2, columns2) - 1)));
}
