import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  answers,
  classMetrics,
  resampledClassMetrics,
} from '../../../src/evaluate/metrics/classification.ts';
import { classReports, confusionMatrix } from '../../../src/evaluate/metrics/confusion.ts';
import { rank, rankAreas } from '../../../src/evaluate/metrics/ranking.ts';
import { numberMetrics, resampledNumberMetrics } from '../../../src/evaluate/metrics/regression.ts';
import oracle from '../../fixtures/evaluate/sklearn.json' with { type: 'json' };

const scoresOf = (shape: { classes: number; actual: number[]; probabilities: number[] }) => ({
  classes: shape.classes,
  actual: Int32Array.from(shape.actual),
  probabilities: Float32Array.from(shape.probabilities),
});

test.each(oracle.classes)('classification figures are scikit-learn’s: $name', (shape) => {
  const metrics = classMetrics(scoresOf(shape));
  expect(Object.keys(metrics).sort()).toEqual(Object.keys(shape.metrics).sort());
  for (const [name, value] of Object.entries(shape.metrics))
    expect(metrics[name], name).toBeCloseTo(value, 5);
});

test.each(oracle.classes)(
  'each class’s figures and the matrix are scikit-learn’s: $name',
  (shape) => {
    const scores = scoresOf(shape);
    const matrix = confusionMatrix(scores.actual, answers(scores), shape.classes);
    expect(Array.from(matrix)).toEqual(shape.confusion.flat());
    const names = Array.from({ length: shape.classes }, (_, c) => `c${c}`);
    const reports = classReports(matrix, names);
    shape.perClass.forEach(([precision = 0, recall = 0, f1 = 0, support = 0], c) => {
      expect(reports[c]?.support).toBe(support);
      expect(reports[c]?.precision).toBeCloseTo(precision, 12);
      expect(reports[c]?.recall).toBeCloseTo(recall, 12);
      expect(reports[c]?.f1).toBeCloseTo(f1, 12);
    });
  },
);

test.each(oracle.numbers)('regression figures are scikit-learn’s: $name', (shape) => {
  const metrics = numberMetrics({
    actual: Float64Array.from(shape.actual),
    predicted: Float64Array.from(shape.predicted),
  });
  expect(Object.keys(metrics).sort()).toEqual(Object.keys(shape.metrics).sort());
  for (const [name, value] of Object.entries(shape.metrics))
    expect((metrics[name] ?? 0) / value, name).toBeCloseTo(1, 9);
});

/** [score, positive] with many ties; few distinct scores, also the extremes. */
const scoredRows = fc.array(
  fc.tuple(fc.constantFrom(0, 1e-30, 0.1, 0.25, 0.5, 0.9999999, 1), fc.boolean()),
  { minLength: 1, maxLength: 40 },
);

test('the area under the ROC curve is the share of pairs in order, ties counting half', () => {
  fc.assert(
    fc.property(scoredRows, (rows) => {
      const positives = rows.filter(([, positive]) => positive);
      const negatives = rows.filter(([, positive]) => !positive);
      let won = 0;
      for (const [p] of positives)
        for (const [n] of negatives) won += p > n ? 1 : p === n ? 0.5 : 0;
      const { roc } = rankAreas(rankingOf(rows));
      expectBoth(roc, won / (positives.length * negatives.length));
    }),
  );
});

test('average precision is the precision at each positive’s threshold, averaged', () => {
  fc.assert(
    fc.property(scoredRows, (rows) => {
      const positives = rows.filter(([, positive]) => positive);
      const precisions = positives.map(([threshold]) => {
        const above = rows.filter(([score]) => score >= threshold);
        return above.filter(([, positive]) => positive).length / above.length;
      });
      const mean = precisions.reduce((sum, p) => sum + p, 0) / positives.length;
      expectBoth(rankAreas(rankingOf(rows)).precision, mean);
    }),
  );
});

test('ranks tens of thousands of scores as a comparison sort does', () => {
  const scores = Float32Array.from({ length: 30_000 }, (_, i) => ((i * 7919) % 9973) / 9973);
  const { order } = rank(scores, () => true, scores.length);
  const expected = Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  expect(Array.from(order)).toEqual(expected);
});

const classRows = fc.integer({ min: 2, max: 4 }).chain((classes) =>
  fc.record({
    classes: fc.constant(classes),
    rows: fc.array(
      fc.record({
        actual: fc.integer({ min: 0, max: classes - 1 }),
        probabilities: fc.array(fc.constantFrom(0, 0.125, 0.25, 0.5, 1), {
          minLength: classes,
          maxLength: classes,
        }),
        weight: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 20 },
    ),
  }),
);

test('figures of weighted rows are those of rows written that often', () => {
  fc.assert(
    fc.property(classRows, ({ classes, rows }) => {
      fc.pre(rows.some(({ weight }) => weight > 0));
      const pack = (list: typeof rows) =>
        scoresOf({
          classes,
          actual: list.map(({ actual }) => actual),
          probabilities: list.flatMap(({ probabilities }) => probabilities),
        });
      const repeated = rows.flatMap((row) => Array.from({ length: row.weight }, () => row));
      const weights = Uint16Array.from(rows, ({ weight }) => weight);
      expectClose(resampledClassMetrics(pack(rows))(weights), classMetrics(pack(repeated)));
    }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer(), fc.nat(3)), {
        minLength: 1,
      }),
      (rows) => {
        fc.pre(rows.some(([, , weight]) => weight > 0));
        const pack = (list: typeof rows) => ({
          actual: Float64Array.from(list, ([actual]) => actual),
          predicted: Float64Array.from(list, ([, predicted]) => predicted),
        });
        const repeated = rows.flatMap((row) => Array.from({ length: row[2] }, () => row));
        const weights = Uint16Array.from(rows, ([, , weight]) => weight);
        expectClose(resampledNumberMetrics(pack(rows))(weights), numberMetrics(pack(repeated)));
      },
    ),
  );
});

test('a perfect classifier scores the best there is', () => {
  const metrics = classMetrics(
    scoresOf({ classes: 2, actual: [0, 1, 1], probabilities: [1, 0, 0, 1, 0, 1] }),
  );
  expect(metrics).toMatchObject({
    accuracy: 1,
    balancedAccuracy: 1,
    f1Macro: 1,
    mcc: 1,
    rocAuc: 1,
    prAuc: 1,
    brier: 0,
  });
  expect(metrics['logLoss']).toBeCloseTo(0, 6);
});

test('what is undefined is left out', () => {
  const oneClass = classMetrics(
    scoresOf({ classes: 2, actual: [0, 0], probabilities: [0.5, 0.5, 0.9, 0.1] }),
  );
  expect(oneClass).not.toHaveProperty('rocAuc');
  expect(oneClass).not.toHaveProperty('prAuc');
  const constant = numberMetrics({
    actual: Float64Array.of(0.1, 0.1, 0.1),
    predicted: Float64Array.of(1, 2, 3),
  });
  expect(constant).not.toHaveProperty('r2');
  const zero = numberMetrics({ actual: Float64Array.of(0, 1), predicted: Float64Array.of(1, 1) });
  expect(zero).not.toHaveProperty('mape');
});

function rankingOf(rows: [score: number, positive: boolean][]) {
  const scores = Float32Array.from(rows, ([score]) => score);
  return rank(scores, (row) => rows[row]?.[1] === true, rows.length);
}

/** NaN where there is nothing to compare. */
function expectBoth(value: number, expected: number): void {
  if (Number.isNaN(expected)) expect(value).toBeNaN();
  else expect(value).toBeCloseTo(expected, 12);
}

function expectClose(figures: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(figures).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    const scale = Math.max(1, Math.abs(value));
    expect((figures[name] ?? Number.NaN) / scale, name).toBeCloseTo(value / scale, 9);
  }
}
