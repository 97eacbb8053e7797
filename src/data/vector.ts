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

/** One vector after another; code vectors must share their dictionary. At least one. */
export function joinVectors(parts: readonly ColumnVector[]): ColumnVector {
  const [first] = parts;
  if (!first) throw new RangeError('no vectors to join');
  const rows = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  switch (first.kind) {
    case 'number':
      return { kind: 'number', values: fill(new Float64Array(rows), parts) };
    case 'code':
      return {
        kind: 'code',
        codes: fill(new Int32Array(rows), parts),
        dictionary: first.dictionary,
      };
    case 'text':
      return { kind: 'text', values: parts.flatMap((p) => (p.kind === 'text' ? p.values : [])) };
  }
}

function fill<Values extends Float64Array | Int32Array>(
  joined: Values,
  parts: readonly ColumnVector[],
): Values {
  let at = 0;
  for (const part of parts) {
    if (part.kind === 'text') continue;
    joined.set(part.kind === 'number' ? part.values : part.codes, at);
    at += lengthOf(part);
  }
  return joined;
}
