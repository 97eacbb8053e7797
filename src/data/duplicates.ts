/** Finds rows that repeat an earlier one in every column. */
import type { ColumnSource, ColumnVector } from './schema.ts';

/**
 * The later rows of each set of equal ones, ascending. Rows are told apart by a hash of 53 bits: among a
 * million rows, one pair in 18,000 tables would be taken for equal by chance.
 */
export async function duplicateRows(source: ColumnSource): Promise<Uint32Array> {
  const { rows, columns } = source.dataSet;
  const high = new Uint32Array(rows).fill(0x811c9dc5);
  const low = new Uint32Array(rows).fill(0x9e3779b9);
  for (const { name } of columns) mixColumn(await source.column(name), high, low);
  const seen = new Set<number>();
  const repeated: number[] = [];
  for (let row = 0; row < rows; row++) {
    const key = (high[row] ?? 0) * 2 ** 21 + ((low[row] ?? 0) >>> 11);
    if (seen.has(key)) repeated.push(row);
    else seen.add(key);
  }
  return Uint32Array.from(repeated);
}

function mixColumn(vector: ColumnVector, high: Uint32Array, low: Uint32Array) {
  const add = (row: number, value: number) => {
    high[row] = mix(high[row] ?? 0, value, 0x85ebca6b);
    low[row] = mix(low[row] ?? 0, value, 0xc2b2ae35);
  };
  switch (vector.kind) {
    case 'number': {
      const bits = new Uint32Array(vector.values.slice().buffer);
      for (let row = 0; row < vector.values.length; row++) {
        add(row, bits[2 * row] ?? 0);
        add(row, bits[2 * row + 1] ?? 0);
      }
      return;
    }
    case 'code':
      vector.codes.forEach((code, row) => add(row, code));
      return;
    case 'text':
      vector.values.forEach((value, row) => {
        add(row, value === null ? -1 : value.length);
        for (let i = 0; i < (value?.length ?? 0); i++) add(row, value?.charCodeAt(i) ?? 0);
      });
  }
}

/** The mixing step of MurmurHash3 (Appleby, public domain). */
function mix(hash: number, value: number, multiplier: number): number {
  let h = Math.imul(hash ^ Math.imul(value, multiplier), 0xcc9e2d51);
  h ^= h >>> 15;
  h = Math.imul(h, multiplier);
  return (h ^ (h >>> 13)) >>> 0;
}
