/** Cells as numbers 0, 1, 2 … of the different values, so that events can be counted and sorted by who and what. */
import { atOnce, inRanges, sortInParts, stretch, type Parts } from '../lib/parts.ts';
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
  return atOnce(numberInParts(vector));
}

/** The same for millions of cells while others want to be heard. */
export function* numberInParts(vector: ColumnVector): Parts<NumberedCells> {
  const first = new Map<string | number, number>();
  const found: string[] = [];
  const rows = lengthOf(vector);
  const numbers = new Int32Array(rows).fill(-1);
  const find = inRanges(rows, (from, to) => {
    for (let row = from; row < to; row++) {
      if (isMissing(vector, row)) continue;
      const key = keyAt(vector, row);
      let number = first.get(key);
      if (number === undefined) {
        first.set(key, (number = first.size));
        found.push(textAt(vector, row));
      }
      numbers[row] = number;
    }
  });
  yield* stretch(find, 0, 0.7);
  const order = yield* stretch(orderOf(found), 0.7, 0.9);
  const rank = new Int32Array(found.length);
  order.forEach((number, place) => (rank[number] = place));
  const renumber = inRanges(rows, (from, to) => {
    for (let row = from; row < to; row++) {
      const number = numbers[row] ?? -1;
      if (number >= 0) numbers[row] = rank[number] ?? 0;
    }
  });
  yield* stretch(renumber, 0.9, 1);
  return { numbers, names: Array.from(order, (number) => found[number] ?? '') };
}

/** Places of the names, first to last. */
function* orderOf(names: readonly string[]): Parts<Uint32Array> {
  const values = new Float64Array(names.length);
  const order = new Uint32Array(names.length);
  let texts = 0;
  yield* inRanges(names.length, (from, to) => {
    for (let at = from; at < to; at++) {
      order[at] = at;
      values[at] = Number(names[at]);
      if (!Number.isSafeInteger(values[at])) texts++;
    }
  });
  const compare =
    texts === 0
      ? (a: number, b: number) => (values[a] ?? 0) - (values[b] ?? 0)
      : (a: number, b: number) => compareText(names[a] ?? '', names[b] ?? '');
  yield* sortInParts(order, compare);
  return order;
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

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
