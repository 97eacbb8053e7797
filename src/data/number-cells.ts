/** Cells as numbers 0, 1, 2 … of the different values, so that events can be counted and sorted by who and what. */
import type { ColumnVector } from './schema.ts';
import { isMissing, lengthOf, textAt } from './vector.ts';

export interface NumberedCells {
  /** [rows]; −1 is missing. */
  numbers: Int32Array;
  /** The values as text, by number. */
  names: string[];
}

/** Numbered by the values' order: whole numbers ascending where all are, else as text by code units. */
export function numberCells(vector: ColumnVector): NumberedCells {
  const first = new Map<string | number, number>();
  const found: string[] = [];
  const rows = lengthOf(vector);
  const numbers = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    if (isMissing(vector, row)) continue;
    const key = keyAt(vector, row);
    let number = first.get(key);
    if (number === undefined) {
      first.set(key, (number = first.size));
      found.push(textAt(vector, row));
    }
    numbers[row] = number;
  }
  const areNumbers = found.every((text) => Number.isSafeInteger(Number(text)));
  const order = found
    .map((_, i) => i)
    .sort((a, b) => compare(found[a] ?? '', found[b] ?? '', areNumbers));
  const rank = new Int32Array(found.length);
  order.forEach((number, place) => (rank[number] = place));
  return {
    numbers: numbers.map((number) => (number < 0 ? number : (rank[number] ?? 0))),
    names: order.map((number) => found[number] ?? ''),
  };
}

/** What tells values apart, without making text of numbers. */
function keyAt(vector: ColumnVector, row: number): string | number {
  switch (vector.kind) {
    case 'number':
      return vector.values[row] ?? 0;
    case 'code':
      return vector.codes[row] ?? 0;
    case 'text':
      return vector.values[row] ?? '';
  }
}

function compare(a: string, b: string, areNumbers: boolean): number {
  if (areNumbers) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
