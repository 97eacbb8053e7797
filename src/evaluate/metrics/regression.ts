/** Every figure of a regressor, in the target's unit or a power of it, as a function of how often each row counts. */
import type { Metrics } from '../../training/run.ts';

/** Finite numbers, row by row. */
export interface NumberScores {
  actual: Float64Array;
  predicted: Float64Array;
}

/**
 * mae, rmse, medianAbsoluteError; r2 unless the target is constant; mape (a share, .1 for ten per cent)
 * unless some true value is 0, where it is undefined.
 */
export function numberMetrics(scores: NumberScores): Metrics {
  return resampledNumberMetrics(scores)(new Uint16Array(scores.actual.length).fill(1));
}

/** The same figures for any number of resamples of the rows. */
export function resampledNumberMetrics({ actual, predicted }: NumberScores) {
  const errors = actual.map((y, i) => Math.abs(y - (predicted[i] ?? 0)));
  const byError = Uint32Array.from(errors.keys()).sort(
    (a, b) => (errors[a] ?? 0) - (errors[b] ?? 0),
  );
  const shift = actual.reduce((sum, y) => sum + y / actual.length, 0); // large offsets cost no digits
  return (weights: Uint16Array): Metrics => {
    let [total, absolute, squared, relative, sum, squares, zero] = [0, 0, 0, 0, 0, 0, false];
    for (let i = 0; i < actual.length; i++) {
      const weight = weights[i] ?? 0;
      if (weight === 0) continue;
      const [y, error] = [actual[i] ?? 0, errors[i] ?? 0];
      total += weight;
      absolute += weight * error;
      squared += weight * error * error;
      relative += weight * (error / Math.abs(y));
      sum += weight * (y - shift);
      squares += weight * (y - shift) ** 2;
      zero ||= y === 0;
    }
    const spread = squares - sum ** 2 / total;
    return {
      mae: absolute / total,
      rmse: Math.sqrt(squared / total),
      medianAbsoluteError: weightedMedian(errors, byError, weights, total),
      ...(spread > squares * 1e-12 ? { r2: 1 - squared / spread } : {}),
      ...(zero ? {} : { mape: relative / total }),
    };
  };
}

/** Middle of the values repeated by their weights; of an even number, the mean of the two in the middle. */
function weightedMedian(
  values: Float64Array,
  order: Uint32Array,
  weights: Uint16Array,
  total: number,
): number {
  let [before, lower] = [0, Number.NaN];
  for (const row of order) {
    before += weights[row] ?? 0;
    if (Number.isNaN(lower) && before >= total / 2) lower = values[row] ?? 0;
    if (before > total / 2) return (lower + (values[row] ?? 0)) / 2;
  }
  return lower;
}
