/** From a classifier's probabilities on some rows to everything that is shown of them. */
import { StudioError } from '../lib/errors.ts';
import { bootstrapIntervals, planBootstrap } from './bootstrap.ts';
import { precisionRecallCurve, rocCurve } from './curves.ts';
import type { Curve, Evaluation, Predictions } from './evaluation.ts';
import { measured } from './measured.ts';
import {
  answers,
  classMetrics,
  rankClass,
  rankedClasses,
  resampledClassMetrics,
  type ClassScores,
} from './metrics/classification.ts';
import { classReports, confusionMatrix } from './metrics/confusion.ts';

export type ClassPredictions = Extract<Predictions, { type: 'classes' }>;

export interface ClassesOptions {
  /** Which rows: the test split, or a file's name. */
  on: string;
  /** How many train rows have each class, in the predictions' order: what the baseline knows. */
  trainCounts: ArrayLike<number>;
  seed: number;
}

/** More classes than these get no curves of their own: the most frequent do. */
const mostCurves = 20;
/** With more classes than these, resampling every one's ranking takes minutes: the areas get no interval. */
const mostResampledRankings = 50;

/**
 * Metrics with intervals beside the baseline's, confusion matrix and curves. The baseline answers the most
 * frequent class of the train rows, with each class's share of them as its probabilities.
 * A metric that these rows leave undefined (rocAuc where only one class occurs) is absent.
 * @throws StudioError `diverged` where a probability isn't a number, `bad-config` where counts don't fit
 */
export function evaluateClasses(
  predictions: ClassPredictions,
  { on, trainCounts, seed }: ClassesOptions,
): Evaluation {
  const { classes } = predictions;
  const scores = knownRows(predictions);
  const rows = scores.actual.length;
  const priors = priorsOf(trainCounts, classes.length);
  const matrix = confusionMatrix(scores.actual, answers(scores), classes.length);
  const unknown = predictions.rows.length - rows;
  return {
    type: 'classes',
    on,
    rows,
    skipped: unknown > 0 ? [{ reason: 'unknown-class', rows: unknown }] : [],
    metrics: rows === 0 ? {} : metricsOf(scores, priors, seed),
    baseline: classes[priors.indexOf(Math.max(...priors))] ?? '',
    classes,
    perClass: classReports(matrix, classes),
    confusion: classes.map((_, c) =>
      Array.from(matrix.subarray(c * classes.length, (c + 1) * classes.length)),
    ),
    ...curvesOf(scores, classes),
  };
}

/** Row numbers with this true and this answered class: the rows behind a cell of the confusion matrix. */
export function rowsOfCell(
  predictions: ClassPredictions,
  actual: number,
  predicted: number,
): Uint32Array {
  const answered = answers({ ...predictions, classes: predictions.classes.length });
  return predictions.rows.filter(
    (_, i) => predictions.actual[i] === actual && answered[i] === predicted,
  );
}

/** Rows without a class that the model knows can't be judged. */
function knownRows({ classes, rows, actual, probabilities }: ClassPredictions): ClassScores {
  const bad = probabilities.findIndex((p) => !Number.isFinite(p));
  if (bad >= 0) {
    const row = (rows[Math.floor(bad / classes.length)] ?? 0) + 1;
    throw new StudioError(
      'diverged',
      `row ${row}: the model's probability of "${classes[bad % classes.length] ?? ''}" is ${probabilities[bad] ?? ''}`,
    );
  }
  const all = { classes: classes.length, actual, probabilities };
  if (!actual.includes(-1)) return all;
  return pickRows(
    all,
    Uint32Array.from(actual.keys()).filter((row) => (actual[row] ?? -1) >= 0),
  );
}

function pickRows({ classes, actual, probabilities }: ClassScores, rows: Uint32Array): ClassScores {
  const picked = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => {
    picked.set(probabilities.subarray(row * classes, (row + 1) * classes), i * classes);
  });
  return {
    classes,
    actual: Int32Array.from(rows, (row) => actual[row] ?? 0),
    probabilities: picked,
  };
}

function priorsOf(counts: ArrayLike<number>, classes: number): number[] {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  if (counts.length !== classes || !(total > 0))
    throw new StudioError(
      'bad-config',
      `train counts of ${counts.length} classes (${total} rows) for a model of ${classes}`,
    );
  return Array.from(counts, (count) => count / total);
}

function metricsOf(scores: ClassScores, priors: number[], seed: number): Evaluation['metrics'] {
  const rows = scores.actual.length;
  const values = classMetrics(scores);
  const ranked = scores.classes > mostResampledRankings ? [] : rankedClasses(scores.classes);
  const plan = planBootstrap(rows, 1 + ranked.length, seed);
  const statistic = resampledClassMetrics(
    plan.scale === 1 ? scores : pickRows(scores, plan.rows),
    ranked,
  );
  const constant = new Float32Array(rows * scores.classes);
  for (let row = 0; row < rows; row++) constant.set(priors, row * scores.classes);
  return measured(
    values,
    bootstrapIntervals(values, plan, statistic, seed),
    classMetrics({ ...scores, probabilities: constant }),
  );
}

function curvesOf(scores: ClassScores, classes: string[]) {
  const support = classes.map(() => 0);
  for (const c of scores.actual) support[c] = (support[c] ?? 0) + 1;
  const shown = rankedClasses(classes.length)
    .sort((a, b) => (support[b] ?? 0) - (support[a] ?? 0) || a - b)
    .slice(0, mostCurves)
    .sort((a, b) => a - b);
  const roc: Curve[] = [];
  const precisionRecall: Curve[] = [];
  for (const c of shown) {
    const ranking = rankClass(scores, c);
    const label = classes[c] ?? '';
    roc.push(...[rocCurve(ranking, label)].filter((curve) => curve !== null));
    precisionRecall.push(
      ...[precisionRecallCurve(ranking, label)].filter((curve) => curve !== null),
    );
  }
  return { roc, precisionRecall };
}
