/** Reading single cells of a column vector, whatever its kind. */
import type { ColumnVector } from './schema.ts';

export function lengthOf(vector: ColumnVector): number {
  return vector.kind === 'code' ? vector.codes.length : vector.values.length;
}

export function isMissing(vector: ColumnVector, row: number): boolean {
  switch (vector.kind) {
    case 'number':
      return Number.isNaN(vector.values[row] ?? Number.NaN);
    case 'code':
      return (vector.codes[row] ?? -1) < 0;
    case 'text':
      return (vector.values[row] ?? null) === null;
  }
}

/** The cell as text, '' where it is missing; numbers in their shortest exact form. */
export function textAt(vector: ColumnVector, row: number): string {
  switch (vector.kind) {
    case 'number': {
      const value = vector.values[row] ?? Number.NaN;
      return Number.isNaN(value) ? '' : String(value);
    }
    case 'code':
      return vector.dictionary[vector.codes[row] ?? -1] ?? '';
    case 'text':
      return vector.values[row] ?? '';
  }
}

/** Only the given rows, in their order. */
export function pick(vector: ColumnVector, rows: Uint32Array): ColumnVector {
  switch (vector.kind) {
    case 'number':
      return { kind: 'number', values: Float64Array.from(rows, (r) => vector.values[r] ?? NaN) };
    case 'code':
      return {
        kind: 'code',
        codes: Int32Array.from(rows, (r) => vector.codes[r] ?? -1),
        dictionary: vector.dictionary,
      };
    case 'text':
      return { kind: 'text', values: Array.from(rows, (r) => vector.values[r] ?? null) };
  }
}
