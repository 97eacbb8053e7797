/** Least squares in one step: the normal equations of centred data, with an optional ridge. */
import { solveLeastNorm } from '../../../lib/symmetric.ts';

/**
 * Minimises (1/n) Σ (y − w·x − b)² / 2 + (l2/2) ‖w‖², the intercept unpenalised; of the solutions that do,
 * the one of least ‖w‖. scikit-learn's Ridge(alpha) is l2 = alpha / n.
 * @param x [n, width] row-major
 */
export function fitLeastSquares(
  x: Float64Array | Float32Array,
  y: Float64Array,
  width: number,
  l2: number,
): { weights: Float64Array; intercept: number } {
  const n = y.length;
  const means = new Float64Array(width);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < width; j++) means[j] = (means[j] ?? 0) + (x[i * width + j] ?? 0) / n;
  const meanY = y.reduce((sum, value) => sum + value / n, 0);
  const gram = new Float64Array(width * width);
  const moments = new Float64Array(width);
  const row = new Float64Array(width);
  for (let i = 0; i < n; i++) {
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
  for (let j = 0; j < width; j++) {
    for (let k = 0; k < j; k++) gram[k * width + j] = gram[j * width + k] ?? 0;
    gram[j * width + j] = (gram[j * width + j] ?? 0) + l2 * n;
  }
  const weights = solveLeastNorm(gram, moments);
  const intercept = weights.reduce((sum, w, j) => sum - w * (means[j] ?? 0), meanY);
  return { weights, intercept };
}
