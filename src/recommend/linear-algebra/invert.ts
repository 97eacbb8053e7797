/**
 * The inverse of a large symmetric positive definite matrix, in place and in float64: Cholesky's factor L, the inverse
 * of L, and its product with itself (Golub & Van Loan 4.2), n³/2 multiply-adds in all. L lies below the diagonal, the
 * transpose of its inverse above it, so that every sum of all three steps runs along two rows in memory.
 */
import { StudioError } from '../../lib/errors.ts';
import { Pace } from '../pace.ts';
import { blockSize, RowProducts } from './row-products.ts';

interface Work {
  /** [n, n] row-major */
  a: Float64Array;
  n: number;
  /** Of L. [n] */
  diagonal: Float64Array;
  products: RowProducts;
  /** A tile on the diagonal, near at hand and turned: [blockSize, blockSize] */
  triangle: Float64Array;
  /** [blockSize] */
  line: Float64Array;
}

/**
 * @param a [n, n] row-major, of which the lower triangle with the diagonal is read; it becomes that of the inverse,
 * and what is above it is of no use
 * @param breathe told the share done every 20 ms or so
 * @param products who multiplies its blocks
 * @throws StudioError `bad-config` where a isn't positive definite
 */
export async function invertPositiveDefinite(
  a: Float64Array,
  n: number,
  breathe: (done: number) => Promise<void>,
  products = new RowProducts(),
): Promise<void> {
  const work = {
    a,
    n,
    diagonal: new Float64Array(n),
    products,
    triangle: new Float64Array(blockSize * blockSize),
    line: new Float64Array(blockSize),
  };
  const pace = new Pace(breathe);
  const steps = [factorTile, invertTile, multiplyTile];
  for (const [step, tile] of steps.entries())
    for (let row = 0; row < n; row += blockSize)
      // The inverse of the tile on the diagonal is what the others of its row are made with; else it comes last.
      for (let done = 0; done <= row; done += blockSize) {
        tile(work, row, step === 1 ? row - done : done);
        // The first two steps' rows grow costlier, the last one's tiles have fewer terms: near enough.
        if (pace.isDue()) await pace.breathe((step + (row / n) ** (step < 2 ? 3 : 2)) / 3);
      }
}

/** L[I, J] = (A[I, J] − Σ over k before J of L[I, k] L[J, k]) L[J, J]⁻ᵀ, and the factor of what remains where I is J. */
function factorTile(work: Work, row: number, column: number) {
  const { a, n, diagonal, products, triangle, line } = work;
  const rows = Math.min(blockSize, n - row);
  const columns = Math.min(blockSize, n - column);
  const sums = products.compute(a, n, { row, rows }, { row: column, rows: columns }, 0, column);
  if (row === column) {
    factorDiagonal(work, row, sums);
    return;
  }
  for (let c = 0; c < columns; c++)
    for (let k = 0; k < c; k++) triangle[k * blockSize + c] = a[(column + c) * n + column + k] ?? 0;
  for (let r = 0; r < rows; r++) {
    const at = (row + r) * n + column;
    for (let c = 0; c < columns; c++) line[c] = (a[at + c] ?? 0) - (sums[r * blockSize + c] ?? 0);
    for (let c = 0; c < columns; c++) {
      const value = (line[c] ?? 0) / (diagonal[column + c] ?? 1);
      a[at + c] = value;
      const below = c * blockSize;
      for (let k = c + 1; k < columns; k++)
        line[k] = (line[k] ?? 0) - value * (triangle[below + k] ?? 0);
    }
  }
}

function factorDiagonal({ a, n, diagonal }: Work, row: number, sums: Float64Array) {
  for (let r = 0; r < Math.min(blockSize, n - row); r++) {
    const at = (row + r) * n + row;
    for (let c = 0; c <= r; c++) {
      const other = (row + c) * n + row;
      let value = (a[at + c] ?? 0) - (sums[r * blockSize + c] ?? 0);
      for (let k = 0; k < c; k++) value -= (a[at + k] ?? 0) * (a[other + k] ?? 0);
      if (c < r) a[at + c] = value / (diagonal[row + c] ?? 1);
      else if (value > 0) diagonal[row + r] = Math.sqrt(value);
      else
        throw new StudioError(
          'bad-config',
          `The matrix can't be inverted at row ${row + r + 1} of ${n}: take a larger regularization`,
        );
    }
  }
}

/** M = L⁻¹, kept turned above the diagonal: M[I, J] = −L[I, I]⁻¹ Σ over k from J to before I of L[I, k] M[k, J]. */
function invertTile(work: Work, row: number, column: number) {
  const { a, n, products, triangle, line } = work;
  const rows = Math.min(blockSize, n - row);
  const columns = Math.min(blockSize, n - column);
  if (row === column) {
    invertDiagonal(work, row);
    return;
  }
  const right = { row: column, rows: columns, isUpper: true };
  const sums = products.compute(a, n, { row, rows }, right, column, row);
  for (let r = 0; r < rows; r++)
    for (let k = 0; k <= r; k++) triangle[r * blockSize + k] = a[(row + k) * n + row + r] ?? 0;
  for (let r = 0; r < rows; r++) {
    line.fill(0);
    for (let k = 0; k <= r; k++) {
      const weight = triangle[r * blockSize + k] ?? 0;
      for (let c = 0; c < columns; c++)
        line[c] = (line[c] ?? 0) - weight * (sums[k * blockSize + c] ?? 0);
    }
    for (let c = 0; c < columns; c++) a[(column + c) * n + row + r] = line[c] ?? 0;
  }
}

function invertDiagonal({ a, n, diagonal }: Work, row: number) {
  const to = Math.min(row + blockSize, n);
  for (let j = row; j < to; j++) {
    a[j * n + j] = 1 / (diagonal[j] ?? 1);
    for (let i = j + 1; i < to; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += (a[i * n + k] ?? 0) * (a[j * n + k] ?? 0);
      a[j * n + i] = -sum / (diagonal[i] ?? 1);
    }
  }
}

/** A⁻¹[I, J] = Σ over k from I of M[k, I] M[k, J], over what was L. */
function multiplyTile({ a, n, products }: Work, row: number, column: number) {
  const rows = Math.min(blockSize, n - row);
  const columns = Math.min(blockSize, n - column);
  const isDiagonal = row === column;
  const right = { row: column, rows: columns, isUpper: isDiagonal };
  const sums = products.compute(a, n, { row, rows, isUpper: true }, right, row, n);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < (isDiagonal ? r + 1 : columns); c++)
      a[(row + r) * n + column + c] = sums[r * blockSize + c] ?? 0;
}
