/**
 * Figures that need only which class was answered where which was true. A matrix is [classes, classes]
 * row-major, actual by predicted; its counts may be a bootstrap resample's. Not here: probabilities.
 */
import type { ClassReport } from '../evaluation.ts';

/** @param weights how often each row counts; once where absent. */
export function confusionMatrix(
  actual: Int32Array,
  predicted: Int32Array,
  classes: number,
  weights?: Uint16Array,
): Float64Array {
  const matrix = new Float64Array(classes * classes);
  for (let i = 0; i < actual.length; i++) {
    const cell = (actual[i] ?? 0) * classes + (predicted[i] ?? 0);
    matrix[cell] = (matrix[cell] ?? 0) + (weights ? (weights[i] ?? 0) : 1);
  }
  return matrix;
}

export interface ConfusionMetrics {
  accuracy: number;
  /** Mean recall over the classes that occur. */
  balancedAccuracy: number;
  /** Macro means are over the classes that occur or were answered, as scikit-learn takes them. */
  precisionMacro: number;
  recallMacro: number;
  f1Macro: number;
  /** Gorodkin's R_K (2004), for two classes Matthews' φ; 0 where it has no denominator. */
  mcc: number;
}

export function confusionMetrics(matrix: Float64Array, classes: number): ConfusionMetrics {
  let [total, correct, products, actualSquares, predictedSquares] = [0, 0, 0, 0, 0];
  let [precision, recall, f1, present, occurring] = [0, 0, 0, 0, 0];
  for (const { hits, actual, predicted } of marginals(matrix, classes)) {
    total += actual;
    correct += hits;
    products += actual * predicted;
    actualSquares += actual * actual;
    predictedSquares += predicted * predicted;
    if (actual === 0 && predicted === 0) continue;
    present++;
    if (actual > 0) occurring++;
    precision += ratio(hits, predicted);
    recall += ratio(hits, actual);
    f1 += ratio(2 * hits, actual + predicted);
  }
  const spread = Math.sqrt((total ** 2 - predictedSquares) * (total ** 2 - actualSquares));
  return {
    accuracy: ratio(correct, total),
    balancedAccuracy: ratio(recall, occurring),
    precisionMacro: ratio(precision, present),
    recallMacro: ratio(recall, present),
    f1Macro: ratio(f1, present),
    mcc: ratio(correct * total - products, spread),
  };
}

/** Precision, recall and F1 of each class; 0 where there is nothing to divide by. */
export function classReports(matrix: Float64Array, names: readonly string[]): ClassReport[] {
  return marginals(matrix, names.length).map(({ hits, actual, predicted }, c) => ({
    name: names[c] ?? '',
    precision: ratio(hits, predicted),
    recall: ratio(hits, actual),
    f1: ratio(2 * hits, actual + predicted),
    support: actual,
  }));
}

function marginals(matrix: Float64Array, classes: number) {
  const actual = new Float64Array(classes);
  const predicted = new Float64Array(classes);
  for (let row = 0, cell = 0; row < classes; row++)
    for (let column = 0; column < classes; column++, cell++) {
      const count = matrix[cell] ?? 0;
      if (count === 0) continue;
      actual[row] = (actual[row] ?? 0) + count;
      predicted[column] = (predicted[column] ?? 0) + count;
    }
  return Array.from(actual, (occurring, c) => ({
    hits: matrix[c * classes + c] ?? 0,
    actual: occurring,
    predicted: predicted[c] ?? 0,
  }));
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}
