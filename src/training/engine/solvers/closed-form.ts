/** Least squares in one step: the normal equations of centred data, with an optional ridge. */
import { inRanges, type Parts } from '../../../lib/parts.ts';
import { solveLeastNorm } from '../../../lib/symmetric.ts';

/** Multiplications between two breaks: a millisecond or less. */
const usualWork = 2 ** 18;

export interface LeastSquares {
  weights: Float64Array;
  intercept: number;
}

/**
 * Minimises (1/n) Σ (y − w·x − b)² + (l2/2) ‖w‖², the loss that gradients minimise, the intercept unpenalised; of the
 * solutions that do, the one of least ‖w‖. scikit-learn's Ridge(alpha) is l2 = 2 alpha / n.
 * @param x [n, width] row-major
 */
export function* fitLeastSquares(
  x: Float64Array | Float32Array,
  y: Float64Array,
  width: number,
  l2: number,
): Parts<LeastSquares> {
  const n = y.length;
  const rowsAtOnce = (work: number) => Math.max(1, Math.floor(usualWork / Math.max(1, work)));
  const means = new Float64Array(width);
  const addToMeans = (from: number, to: number) => {
    for (let i = from; i < to; i++)
      for (let j = 0; j < width; j++) means[j] = (means[j] ?? 0) + (x[i * width + j] ?? 0) / n;
  };
  yield* inRanges(n, addToMeans, rowsAtOnce(width));
  const meanY = y.reduce((sum, value) => sum + value / n, 0);
  const gram = new Float64Array(width * width);
  const moments = new Float64Array(width);
  const row = new Float64Array(width);
  const addProducts = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      for (let j = 0; j < width; j++) row[j] = (x[i * width + j] ?? 0) - (means[j] ?? 0);
      const residual = (y[i] ?? 0) - meanY;
      for (let j = 0; j < width; j++) {
        const value = row[j] ?? 0;
        if (value === 0) continue;
        moments[j] = (moments[j] ?? 0) + value * residual;
        for (let k = 0; k <= j; k++)
          gram[j * width + k] = (gram[j * width + k] ?? 0) + value * (row[k] ?? 0);
      }
    }
  };
  yield* inRanges(n, addProducts, rowsAtOnce(width * width));
  for (let j = 0; j < width; j++) {
    for (let k = 0; k < j; k++) gram[k * width + j] = gram[j * width + k] ?? 0;
    gram[j * width + j] = (gram[j * width + j] ?? 0) + (l2 / 2) * n;
  }
  const weights = yield* solveLeastNorm(gram, moments);
  const intercept = weights.reduce((sum, w, j) => sum - w * (means[j] ?? 0), meanY);
  return { weights, intercept };
}
