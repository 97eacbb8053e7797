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
}

/**
 * @param a [n, n] row-major, of which the lower triangle with the diagonal is read; it becomes that of the inverse,
 * and what is above it is of no use
 * @param breathe told the share done every 20 ms or so
 * @throws StudioError `bad-config` where a isn't positive definite
 */
export async function invertPositiveDefinite(
  a: Float64Array,
  n: number,
  breathe: (done: number) => Promise<void>,
): Promise<void> {
  const work = { a, n, diagonal: new Float64Array(n), products: new RowProducts() };
  const pace = new Pace(breathe);
  const steps = [factorTile, invertTile, multiplyTile];
  for (const [step, tile] of steps.entries())
    for (let row = 0; row < n; row += blockSize)
      for (let column = 0; column <= row; column += blockSize) {
        tile(work, row, column);
        // The first two steps' rows grow costlier, the last one's tiles fewer terms: near enough.
        if (pace.isDue()) await pace.breathe((step + (row / n) ** (step < 2 ? 3 : 2)) / 3);
      }
}

/** L[I, J] = (A[I, J] − Σ over k before J of L[I, k] L[J, k]) L[J, J]⁻ᵀ, and the factor of what remains where I is J. */
function factorTile({ a, n, diagonal, products }: Work, row: number, column: number) {
  const rows = Math.min(blockSize, n - row);
  const columns = Math.min(blockSize, n - column);
  const sums = products.compute(a, n, { row, rows }, { row: column, rows: columns }, 0, column);
  for (let r = 0; r < rows; r++) {
    const at = (row + r) * n + column;
    const isDiagonal = row === column;
    for (let c = 0; c < (isDiagonal ? r : columns); c++) {
      const other = (column + c) * n + column;
      let value = (a[at + c] ?? 0) - (sums[r * blockSize + c] ?? 0);
      for (let k = 0; k < c; k++) value -= (a[at + k] ?? 0) * (a[other + k] ?? 0);
      a[at + c] = value / (diagonal[column + c] ?? 1);
    }
    if (!isDiagonal) continue;
    let square = (a[at + r] ?? 0) - (sums[r * blockSize + r] ?? 0);
    for (let k = 0; k < r; k++) square -= (a[at + k] ?? 0) ** 2;
    if (!(square > 0))
      throw new StudioError(
        'bad-config',
        `The matrix can't be inverted at row ${row + r + 1} of ${n}: take a larger regularization`,
      );
    diagonal[row + r] = Math.sqrt(square);
  }
}

/** M = L⁻¹, kept transposed above the diagonal: M[i, j] = −Σ over k in [j, i) of L[i, k] M[k, j] / L[i, i]. */
function invertTile({ a, n, diagonal, products }: Work, row: number, column: number) {
  const rows = Math.min(blockSize, n - row);
  const columns = Math.min(blockSize, n - column);
  const isDiagonal = row === column;
  const after = Math.min(column + blockSize, row);
  const sums = products.compute(a, n, { row, rows }, { row: column, rows: columns }, after, row);
  for (let c = 0; c < columns; c++) {
    const j = column + c;
    if (isDiagonal) a[j * n + j] = 1 / (diagonal[j] ?? 1);
    for (let r = isDiagonal ? c + 1 : 0; r < rows; r++) {
      const i = row + r;
      let sum = isDiagonal ? 0 : (sums[r * blockSize + c] ?? 0);
      // In its own block M's row begins at j; what is before that is L's.
      if (!isDiagonal)
        for (let k = j; k < after; k++) sum += (a[i * n + k] ?? 0) * (a[j * n + k] ?? 0);
      for (let k = isDiagonal ? j : row; k < i; k++)
        sum += (a[i * n + k] ?? 0) * (a[j * n + k] ?? 0);
      a[j * n + i] = -sum / (diagonal[i] ?? 1);
    }
  }
}

/** A⁻¹[i, j] = Σ over k from i of M[k, i] M[k, j], over what was L. */
function multiplyTile({ a, n, products }: Work, row: number, column: number) {
  const rows = Math.min(blockSize, n - row);
  const columns = Math.min(blockSize, n - column);
  const after = row + rows;
  const sums = products.compute(a, n, { row, rows }, { row: column, rows: columns }, after, n);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const i = row + r;
      const j = column + c;
      if (j > i) break;
      let sum = sums[r * blockSize + c] ?? 0;
      for (let k = i; k < after; k++) sum += (a[i * n + k] ?? 0) * (a[j * n + k] ?? 0);
      a[i * n + j] = sum;
    }
}
