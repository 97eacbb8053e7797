/** From a regressor's answers on some rows to everything that is shown of them. */
import { StudioError } from '../lib/errors.ts';
import { bootstrapIntervals, planBootstrap } from './bootstrap.ts';
import type { Evaluation, Predictions } from './evaluation.ts';
import { measured } from './measured.ts';
import { numberMetrics, resampledNumberMetrics, type NumberScores } from './metrics/regression.ts';

export type NumberPredictions = Extract<Predictions, { type: 'numbers' }>;

export interface NumbersOptions {
  /** Which rows: the test split, or a file's name. */
  on: string;
  /** Mean of the target over the train rows: what the baseline answers. */
  trainMean: number;
  seed: number;
}

const samplePoints = 2000;

/**
 * Metrics with intervals beside the baseline's, a sample for the plots, and the residuals' histogram
 * (actual − predicted). A metric that these rows leave undefined (mape where a true value is 0) is absent.
 * @throws StudioError `diverged` where an answer isn't a number
 */
export function evaluateNumbers(
  predictions: NumberPredictions,
  { on, trainMean, seed }: NumbersOptions,
): Evaluation {
  const { rows, actual, predicted } = knownRows(predictions);
  const missing = predictions.rows.length - rows.length;
  const step = Math.max(1, rows.length / samplePoints);
  const residuals = actual.map((y, i) => y - (predicted[i] ?? 0));
  return {
    type: 'numbers',
    on,
    rows: rows.length,
    skipped: missing > 0 ? [{ reason: 'missing-target', rows: missing }] : [],
    metrics: rows.length === 0 ? {} : metricsOf({ actual, predicted }, trainMean, seed),
    baseline: String(Number(trainMean.toPrecision(5))),
    sample: Array.from({ length: Math.min(rows.length, samplePoints) }, (_, i) => {
      const at = Math.floor(i * step);
      return { row: rows[at] ?? 0, actual: actual[at] ?? 0, predicted: predicted[at] ?? 0 };
    }),
    residualHistogram: histogram(residuals),
  };
}

/** Rows without a finite true value can't be judged. */
function knownRows({ rows, actual, predicted }: NumberPredictions) {
  const bad = predicted.findIndex((answer) => !Number.isFinite(answer));
  if (bad >= 0)
    throw new StudioError(
      'diverged',
      `row ${(rows[bad] ?? 0) + 1}: the model's answer is ${predicted[bad] ?? ''}`,
    );
  const known = (_: number, i: number) => Number.isFinite(actual[i]);
  return {
    rows: rows.filter(known),
    actual: actual.filter(known),
    predicted: predicted.filter(known),
  };
}

function metricsOf(scores: NumberScores, trainMean: number, seed: number): Evaluation['metrics'] {
  const values = numberMetrics(scores);
  const plan = planBootstrap(scores.actual.length, 2, seed);
  const pick = (cells: Float64Array) => Float64Array.from(plan.rows, (row) => cells[row] ?? 0);
  const statistic = resampledNumberMetrics({
    actual: pick(scores.actual),
    predicted: pick(scores.predicted),
  });
  return measured(
    values,
    bootstrapIntervals(values, plan, statistic, seed),
    numberMetrics({ ...scores, predicted: scores.actual.map(() => trainMean) }),
  );
}

/** Equal bins from the least to the greatest, as many as Freedman and Diaconis (1981) ask for, 5 to 60. */
function histogram(values: Float64Array): { edges: number[]; counts: number[] } {
  const sorted = values.toSorted();
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || !Number.isFinite(high - low))
    return { edges: [], counts: [] };
  if (low === high) return { edges: [low - 0.5, low + 0.5], counts: [sorted.length] };
  const quartile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? low;
  const width = (2 * (quartile(0.75) - quartile(0.25))) / Math.cbrt(sorted.length);
  const bins = Math.min(Math.max(Math.ceil((high - low) / width), 5), 60);
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of sorted) {
    const bin = Math.min(Math.floor(((value - low) / (high - low)) * bins), bins - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    edges: Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins),
    counts,
  };
}
