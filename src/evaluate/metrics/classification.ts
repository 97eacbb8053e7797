/**
 * Every figure of a classifier, from the classes' probabilities, as a function of how often each row
 * counts: a bootstrap resample then costs one walk over rows that were sorted once.
 */
import type { Metrics } from '../../training/run.ts';
import { confusionMatrix, confusionMetrics } from './confusion.ts';
import { rank, rankAreas, type RankAreas, type Ranking } from './ranking.ts';

/** Rows whose true class is known: `actual` in [0, classes), `probabilities` [rows, classes] row-major. */
export interface ClassScores {
  classes: number;
  actual: Int32Array;
  probabilities: Float32Array;
}

/** float32's machine epsilon: scikit-learn clips float32 probabilities at it. */
const clip = 2 ** -23;

/**
 * accuracy, balancedAccuracy, precisionMacro, recallMacro, f1Macro, mcc, logLoss, brier, rocAuc, prAuc.
 * rocAuc and prAuc: of the second of two classes, else the mean of one-versus-rest over the classes for
 * which it is defined; left out where it is for none. brier: mean (p − y)² for two classes, else the
 * mean over rows of Σ over classes (as scikit-learn ≥ 1.7 has it).
 */
export function classMetrics(scores: ClassScores): Metrics {
  const rows = scoreRows(scores);
  return rowMetrics(
    rows,
    rankedClasses(scores.classes).map((c) => rankAreas(rankClass(scores, c))),
  );
}

/** The same figures for any number of resamples of the rows; without the areas of no ranked class. */
export function resampledClassMetrics(
  scores: ClassScores,
  ranked = rankedClasses(scores.classes),
): (weights: Uint16Array) => Metrics {
  const rows = scoreRows(scores);
  const rankings = ranked.map((c) => rankClass(scores, c));
  return (weights) =>
    rowMetrics(
      rows,
      rankings.map((ranking) => rankAreas(ranking, weights)),
      weights,
    );
}

/** Which classes stand against the rest: of two, only the second. */
export function rankedClasses(classes: number): number[] {
  return classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c);
}

export function rankClass({ classes, actual, probabilities }: ClassScores, c: number): Ranking {
  return rank(probabilities, (row) => actual[row] === c, actual.length, c, classes);
}

/** Most probable class of each row, the first of several. */
export function answers({ classes, actual, probabilities }: ClassScores): Int32Array {
  return Int32Array.from(actual, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++)
      if ((probabilities[row * classes + c] ?? 0) > (probabilities[row * classes + best] ?? 0))
        best = c;
    return best;
  });
}

interface ScoredRows {
  classes: number;
  actual: Int32Array;
  predicted: Int32Array;
  logLoss: Float64Array;
  brier: Float64Array;
}

function scoreRows(scores: ClassScores): ScoredRows {
  const { classes, actual, probabilities } = scores;
  const logLoss = new Float64Array(actual.length);
  const brier = new Float64Array(actual.length);
  for (let row = 0; row < actual.length; row++) {
    const p = probabilities[row * classes + (actual[row] ?? 0)] ?? 0;
    logLoss[row] = -Math.log(Math.min(Math.max(p, clip), 1 - clip));
    let squares = 0;
    for (let c = 0; c < classes; c++)
      squares += ((probabilities[row * classes + c] ?? 0) - (c === actual[row] ? 1 : 0)) ** 2;
    brier[row] = classes === 2 ? squares / 2 : squares;
  }
  return { classes, actual, predicted: answers(scores), logLoss, brier };
}

function rowMetrics(rows: ScoredRows, areas: RankAreas[], weights?: Uint16Array): Metrics {
  const { classes, actual, predicted } = rows;
  const rocAuc = meanOfDefined(areas.map(({ roc }) => roc));
  const prAuc = meanOfDefined(areas.map(({ precision }) => precision));
  return {
    ...confusionMetrics(confusionMatrix(actual, predicted, classes, weights), classes),
    logLoss: weightedMean(rows.logLoss, weights),
    brier: weightedMean(rows.brier, weights),
    ...(Number.isNaN(rocAuc) ? {} : { rocAuc }),
    ...(Number.isNaN(prAuc) ? {} : { prAuc }),
  };
}

function meanOfDefined(values: number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

function weightedMean(values: Float64Array, weights?: Uint16Array): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights ? (weights[i] ?? 0) : 1;
    sum += weight * (values[i] ?? 0);
    total += weight;
  }
  return sum / total;
}
