/** Small symmetric systems, as the normal equations give them. Row-major [n, n] in float64. */
import { atOnce, type Parts } from './parts.ts';

/**
 * Solves A x = b for a symmetric positive semi-definite A, with the least ‖x‖ where A is singular
 * (collinear or one-hot columns), by its eigenvectors (cyclic Jacobi, Golub and Van Loan 8.5).
 * @param b one right-hand side
 */
export function* solveLeastNorm(a: Float64Array, b: Float64Array): Parts<Float64Array> {
  const n = b.length;
  const direct = yield* solveCholesky(a, b);
  if (direct) return direct;
  const { values, vectors } = yield* eigenSymmetricInParts(a, n);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const x = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const value = values[k] ?? 0;
    if (Math.abs(value) <= largest * n * 1e-13) continue; // no information in this direction
    let projection = 0;
    for (let i = 0; i < n; i++) projection += (vectors[i * n + k] ?? 0) * (b[i] ?? 0);
    const share = projection / value;
    for (let i = 0; i < n; i++) x[i] = (x[i] ?? 0) + share * (vectors[i * n + k] ?? 0);
  }
  return x;
}

/** Null where A isn't well within the positive definite matrices. */
function* solveCholesky(a: Float64Array, b: Float64Array): Parts<Float64Array | null> {
  const n = b.length;
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (l[i * n + k] ?? 0) * (l[j * n + k] ?? 0);
      if (i === j) {
        if (sum <= 1e-10 * (a[i * n + i] ?? 0) || !(sum > 0)) return null;
        l[i * n + i] = Math.sqrt(sum);
      } else l[i * n + j] = sum / (l[j * n + j] ?? 1);
    }
    yield i / n;
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    let sum = x[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (l[i * n + k] ?? 0) * (x[k] ?? 0);
    x[i] = sum / (l[i * n + i] ?? 1);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i] ?? 0;
    for (let k = i + 1; k < n; k++) sum -= (l[k * n + i] ?? 0) * (x[k] ?? 0);
    x[i] = sum / (l[i * n + i] ?? 1);
  }
  return x;
}

export interface Eigen {
  values: Float64Array;
  /** In columns. */
  vectors: Float64Array;
}

/** Eigenvalues and eigenvectors. */
export function eigenSymmetric(matrix: Float64Array, n: number): Eigen {
  return atOnce(eigenSymmetricInParts(matrix, n));
}

/** The same for hundreds of rows while others want to be heard; how much is left isn't known. */
export function* eigenSymmetricInParts(matrix: Float64Array, n: number): Parts<Eigen> {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  const at = (i: number, j: number) => a[i * n + j] ?? 0;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < n; i++) {
      diagonal += at(i, i) ** 2;
      for (let j = i + 1; j < n; j++) off += at(i, j) ** 2;
    }
    if (off <= 1e-30 * diagonal) break;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) if (at(p, q) !== 0) rotate(a, vectors, n, p, q);
      yield 0;
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => at(i, i)), vectors };
}

function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number) {
  const apq = a[p * n + q] ?? 0;
  const theta = ((a[q * n + q] ?? 0) - (a[p * n + p] ?? 0)) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const akp = a[k * n + p] ?? 0;
    const akq = a[k * n + q] ?? 0;
    a[k * n + p] = c * akp - s * akq;
    a[k * n + q] = s * akp + c * akq;
  }
  for (let k = 0; k < n; k++) {
    const apk = a[p * n + k] ?? 0;
    const aqk = a[q * n + k] ?? 0;
    a[p * n + k] = c * apk - s * aqk;
    a[q * n + k] = s * apk + c * aqk;
    const vkp = vectors[k * n + p] ?? 0;
    const vkq = vectors[k * n + q] ?? 0;
    vectors[k * n + p] = c * vkp - s * vkq;
    vectors[k * n + q] = s * vkp + c * vkq;
  }
}
