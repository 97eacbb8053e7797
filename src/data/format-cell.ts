/** A cell as it is shown and written: numbers exact and short, dates in ISO form. Null is missing. */
import type { ColumnType, ColumnVector } from './schema.ts';
import { isMissing, textAt } from './vector.ts';

export function formatCell(vector: ColumnVector, row: number, type: ColumnType): string | null {
  if (isMissing(vector, row)) return null;
  if (type !== 'date' || vector.kind !== 'number') return textAt(vector, row);
  return formatDate(vector.values[row] ?? NaN);
}

/** @param time ms since 1970 UTC; without the time of day at midnight */
export function formatDate(time: number): string | null {
  if (Math.abs(time) > 8.64e15) return null;
  const text = new Date(time).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, -14) : text;
}
