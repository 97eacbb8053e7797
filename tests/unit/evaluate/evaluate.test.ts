import * as v from 'valibot';
import { expect, test } from 'vitest';
import { evaluateClasses, rowsOfCell } from '../../../src/evaluate/evaluate-classes.ts';
import { evaluateNumbers } from '../../../src/evaluate/evaluate-numbers.ts';
import { evaluationSchema } from '../../../src/evaluate/evaluation-schema.ts';
import { valuesOf } from '../../../src/evaluate/evaluation.ts';

const three = {
  type: 'classes' as const,
  classes: ['ant', 'bee', 'cat'],
  rows: Uint32Array.of(4, 7, 9, 20, 21),
  actual: Int32Array.of(0, 1, -1, 2, 1),
  probabilities: Float32Array.from(
    [
      [0.8, 0.1, 0.1],
      [0.2, 0.7, 0.1],
      [0.1, 0.8, 0.1],
      [0.1, 0.6, 0.3],
      [0.3, 0.6, 0.1],
    ].flat(),
  ),
};
const options = { on: 'test split', trainCounts: [2, 6, 2], seed: 1 };

test('a classifier is measured beside the majority class on the rows whose class is known', () => {
  const evaluation = evaluateClasses(three, options);
  expect(evaluation).toMatchObject({
    on: 'test split',
    rows: 4,
    skipped: [{ reason: 'unknown-class', rows: 1 }],
    baseline: 'bee',
    confusion: [
      [1, 0, 0],
      [0, 2, 0],
      [0, 1, 0],
    ],
    perClass: [
      { name: 'ant', precision: 1, recall: 1, f1: 1, support: 1 },
      { name: 'bee', precision: 2 / 3, recall: 1, f1: 0.8, support: 2 },
      { name: 'cat', precision: 0, recall: 0, f1: 0, support: 1 },
    ],
  });
  expect(evaluation.metrics['accuracy']).toEqual({ value: 0.75, interval: null, baseline: 0.5 });
  expect(evaluation.metrics['rocAuc']?.baseline).toBe(0.5);
  // −(2 ln .6 + 2 ln .2) / 4
  expect(evaluation.metrics['logLoss']?.baseline).toBeCloseTo(1.06013, 5);
  expect(valuesOf(evaluation.metrics)).toMatchObject({ accuracy: 0.75 });
  expect(v.parse(evaluationSchema, JSON.parse(JSON.stringify(evaluation)))).toEqual(evaluation);
});

test('two classes have curves of the second one', () => {
  const { roc, precisionRecall } = asClasses(
    evaluateClasses(
      {
        type: 'classes',
        classes: ['no', 'yes'],
        rows: Uint32Array.of(0, 1),
        actual: Int32Array.of(0, 1),
        probabilities: Float32Array.of(0.9, 0.1, 0.2, 0.8),
      },
      { ...options, trainCounts: [1, 1] },
    ),
  );
  expect(roc).toEqual([{ label: 'yes', x: [0, 0, 1], y: [0, 1, 1] }]);
  expect(precisionRecall).toEqual([{ label: 'yes', x: [0, 1], y: [1, 1] }]);
});

test('of very many classes only the 20 most frequent have curves', () => {
  const classes = Array.from({ length: 30 }, (_, c) => `class ${c}`);
  const actual = Int32Array.from({ length: 100 }, (_, i) => (i < 60 ? 10 + (i % 20) : i % 30));
  const { roc } = asClasses(
    evaluateClasses(
      {
        type: 'classes',
        classes,
        rows: Uint32Array.from(actual.keys()),
        actual,
        probabilities: new Float32Array(100 * 30).fill(1 / 30),
      },
      { ...options, trainCounts: classes.map(() => 1) },
    ),
  );
  expect(roc.map(({ label }) => label)).toEqual(classes.slice(10));
});

test('beyond 50 classes the areas are given without an interval, the others with', () => {
  const classes = Array.from({ length: 51 }, (_, c) => `class ${c}`);
  const actual = Int32Array.from({ length: 102 }, (_, i) => i % 51);
  const { metrics } = evaluateClasses(
    {
      type: 'classes',
      classes,
      rows: Uint32Array.from(actual.keys()),
      actual,
      probabilities: Float32Array.from({ length: 102 * 51 }, (_, i) => (i % 7) / 100),
    },
    { ...options, trainCounts: classes.map(() => 1) },
  );
  expect(metrics['rocAuc']).toMatchObject({ value: expect.any(Number) as number, interval: null });
  expect(metrics['accuracy']?.interval).not.toBeNull();
});

test('rows of which none can be judged give no figures and say how many', () => {
  const none = evaluateClasses({ ...three, actual: three.actual.map(() => -1) }, options);
  expect(none).toMatchObject({ rows: 0, metrics: {}, skipped: [{ rows: 5 }] });
  const numbers = evaluateNumbers(
    {
      type: 'numbers',
      rows: Uint32Array.of(0),
      actual: Float64Array.of(Number.NaN),
      predicted: Float64Array.of(1),
    },
    { on: 'new.csv', trainMean: 2, seed: 1 },
  );
  expect(numbers).toMatchObject({
    rows: 0,
    metrics: {},
    skipped: [{ reason: 'missing-target', rows: 1 }],
    sample: [],
  });
});

test('a probability or an answer that is no number is named', () => {
  const probabilities = three.probabilities.slice();
  probabilities[4] = Number.NaN;
  expect(() => evaluateClasses({ ...three, probabilities }, options)).toThrow(
    'row 8: the model\'s probability of "bee" is NaN',
  );
  expect(() =>
    evaluateNumbers(
      {
        type: 'numbers',
        rows: Uint32Array.of(11),
        actual: Float64Array.of(1),
        predicted: Float64Array.of(Infinity),
      },
      { on: 'test', trainMean: 0, seed: 1 },
    ),
  ).toThrow("row 12: the model's answer is Infinity");
});

test('train counts that do not fit the classes are refused', () => {
  expect(() => evaluateClasses(three, { ...options, trainCounts: [1, 2] })).toThrow(
    'train counts of 2 classes (3 rows) for a model of 3',
  );
});

test('a regressor is measured beside the train mean, with residuals and a sample', () => {
  const rows = 5000;
  const evaluation = evaluateNumbers(
    {
      type: 'numbers',
      rows: Uint32Array.from({ length: rows }, (_, i) => i * 2),
      actual: Float64Array.from({ length: rows }, (_, i) => i),
      predicted: Float64Array.from({ length: rows }, (_, i) => i + (i % 2 === 0 ? 1 : -1)),
    },
    { on: 'test split', trainMean: 2499.5, seed: 1 },
  );
  if (evaluation.type !== 'numbers') throw new Error('not a regression');
  expect(evaluation.metrics['mae']).toMatchObject({ value: 1, interval: [1, 1], baseline: 1250 });
  expect(evaluation.metrics['r2']?.baseline).toBeCloseTo(0, 12);
  expect(evaluation.baseline).toBe('2499.5');
  expect(evaluation.sample).toHaveLength(2000);
  expect(evaluation.sample[1]).toEqual({ row: 4, actual: 2, predicted: 3 });
  const { edges, counts } = evaluation.residualHistogram;
  expect(edges).toHaveLength(counts.length + 1);
  expect([edges[0], edges.at(-1), counts[0], counts.at(-1)]).toEqual([-1, 1, 2500, 2500]);
  expect(v.parse(evaluationSchema, JSON.parse(JSON.stringify(evaluation)))).toEqual(evaluation);
});

test('figures beyond what a number holds are left out, not stored as infinite', () => {
  const evaluation = evaluateNumbers(
    {
      type: 'numbers',
      rows: Uint32Array.of(0, 1),
      actual: Float64Array.of(1e300, -1e300),
      predicted: Float64Array.of(-1e300, 1e300),
    },
    { on: 'test', trainMean: 0, seed: 1 },
  );
  expect(Object.keys(evaluation.metrics)).not.toContain('rmse');
  expect(v.is(evaluationSchema, evaluation)).toBe(true);
});

test('a cell of the confusion matrix opens its rows', () => {
  expect(Array.from(rowsOfCell(three, 1, 1))).toEqual([7, 21]);
  expect(Array.from(rowsOfCell(three, 2, 1))).toEqual([20]);
  expect(Array.from(rowsOfCell(three, 2, 2))).toEqual([]);
});

function asClasses(evaluation: ReturnType<typeof evaluateClasses>) {
  if (evaluation.type !== 'classes') throw new Error('not a classification');
  return evaluation;
}
