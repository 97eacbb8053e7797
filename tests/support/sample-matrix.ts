/** Numbers of the bundled samples as matrices, for tests of solvers: no product code in between. */
import { readFileSync } from 'node:fs';

export interface Matrix {
  /** [n, width] row-major */
  x: Float64Array;
  y: Float64Array;
  width: number;
  n: number;
}

/** The last column is y. @param skip lines before the first row */
export function sampleMatrix(file: string, skip: number): Matrix {
  const rows = readFileSync(`public/samples/${file}`, 'utf8')
    .trim()
    .split('\n')
    .slice(skip)
    .map((line) => line.split(',').map(Number));
  const width = (rows[0]?.length ?? 1) - 1;
  return {
    x: Float64Array.from(rows.flatMap((row) => row.slice(0, width))),
    y: Float64Array.from(rows, (row) => row[width] ?? NaN),
    width,
    n: rows.length,
  };
}

/** To mean 0 and population deviation 1, by the figures of `rows`. */
export function standardised({ x, width, n }: Matrix, rows: Uint32Array): Float64Array {
  const out = x.slice();
  for (let j = 0; j < width; j++) {
    const values = Array.from(rows, (row) => x[row * width + j] ?? 0);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    const deviation = Math.sqrt(variance) || 1;
    for (let i = 0; i < n; i++) out[i * width + j] = ((x[i * width + j] ?? 0) - mean) / deviation;
  }
  return out;
}
