import { expect, test } from 'vitest';
import { foldsOf } from '../../src/data/folds.ts';
import { atOnce } from '../../src/lib/parts.ts';
import { Random } from '../../src/lib/random.ts';
import { fitLeastSquares } from '../../src/training/engine/solvers/closed-form.ts';
import { minimise, type Objective } from '../../src/training/engine/solvers/lbfgs.ts';
import {
  logisticObjective,
  logitsFor,
  type LogisticProblem,
} from '../../src/training/engine/solvers/logistic.ts';
import { eigenSymmetric } from '../../src/lib/symmetric.ts';
import { allRows } from '../support/memory-source.ts';
import { sampleMatrix, standardised, type Matrix } from '../support/sample-matrix.ts';

test('least squares on standardised diabetes: intercept 152.1335, R² .5177', () => {
  const data = sampleMatrix('sklearn-diabetes.csv', 1);
  const x = standardised(data, allRows(data.n));
  const { weights, intercept } = atOnce(fitLeastSquares(x, data.y, data.width, 0));
  expect(intercept).toBeCloseTo(152.1335, 3);
  const mean = data.y.reduce((a, b) => a + b) / data.n;
  let residual = 0;
  let total = 0;
  data.y.forEach((y, i) => {
    let predicted = intercept;
    for (let j = 0; j < data.width; j++)
      predicted += (x[i * data.width + j] ?? 0) * (weights[j] ?? 0);
    residual += (y - predicted) ** 2;
    total += (y - mean) ** 2;
  });
  expect(1 - residual / total).toBeCloseTo(0.5177, 3);
});

test("ridge's gradient is zero at its solution, and collinear columns share the weight", () => {
  const random = new Random(4);
  const n = 50;
  const x = new Float64Array(n * 4);
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < 3; j++) x[i * 4 + j] = random.normal();
    x[i * 4 + 3] = x[i * 4 + 2] ?? 0; // a copy
    y[i] = 2 * (x[i * 4] ?? 0) - 3 * (x[i * 4 + 2] ?? 0) + 7 + 0.1 * random.normal();
  }
  for (const l2 of [0, 0.3]) {
    const { weights, intercept } = atOnce(fitLeastSquares(x, y, 4, l2));
    const gradient = Array.from(weights, (weight) => l2 * weight);
    for (let i = 0; i < n; i++) {
      let error = intercept - (y[i] ?? 0);
      for (let j = 0; j < 4; j++) error += (x[i * 4 + j] ?? 0) * (weights[j] ?? 0);
      for (let j = 0; j < 4; j++)
        gradient[j] = (gradient[j] ?? 0) + (2 * error * (x[i * 4 + j] ?? 0)) / n;
    }
    for (const value of gradient) expect(Math.abs(value)).toBeLessThan(1e-9);
    expect(weights[2]).toBeCloseTo(weights[3] ?? NaN, 9);
  }
});

test("the closed form's l2 is the one that gradients are given: scikit-learn's Ridge with alpha = n l2 / 2", () => {
  const data = sampleMatrix('sklearn-diabetes.csv', 1);
  const x = standardised(data, allRows(data.n));
  const l2 = 0.01;
  const { weights, intercept } = atOnce(fitLeastSquares(x, data.y, data.width, l2));
  // By the definition of Ridge: (XᵀX + alpha I) w = Xᵀ(y − mean), of centred X.
  const alpha = (data.n * l2) / 2;
  const mean = data.y.reduce((a, b) => a + b) / data.n;
  for (let j = 0; j < data.width; j++) {
    let left = alpha * (weights[j] ?? 0);
    let right = 0;
    for (let i = 0; i < data.n; i++) {
      const row = x.subarray(i * data.width, (i + 1) * data.width);
      const answer = row.reduce((sum, value, k) => sum + value * (weights[k] ?? 0), 0);
      left += (row[j] ?? 0) * answer;
      right += (row[j] ?? 0) * ((data.y[i] ?? 0) - mean);
    }
    expect(left / right).toBeCloseTo(1, 9);
  }
  expect(intercept).toBeCloseTo(mean, 9);
});

test('eigenvectors rebuild their matrix', () => {
  const matrix = Float64Array.of(4, 1, -2, 1, 2, 0, -2, 0, 3);
  const { values, vectors } = eigenSymmetric(matrix, 3);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let k = 0; k < 3; k++)
        sum += (vectors[i * 3 + k] ?? 0) * (values[k] ?? 0) * (vectors[j * 3 + k] ?? 0);
      expect(sum).toBeCloseTo(matrix[i * 3 + j] ?? NaN, 12);
    }
});

test('L-BFGS finds the minimum of the Rosenbrock function', () => {
  const rosenbrock: Objective = function* (p, g) {
    const [a = 0, b = 0] = p;
    g[0] = -2 * (1 - a) - 400 * a * (b - a * a);
    yield 0.5;
    g[1] = 200 * (b - a * a);
    return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
  };
  const states = [...minimise(rosenbrock, Float64Array.of(-1.2, 1), 1e-10)].filter(
    (state) => state !== null,
  );
  const last = states.at(-1);
  expect(last?.x[0]).toBeCloseTo(1, 8);
  expect(last?.x[1]).toBeCloseTo(1, 8);
  expect(states.length).toBeLessThan(60);
});

test.each([2, 3])(
  'the gradient of the logistic loss of %i classes is that of finite differences',
  (classes) => {
    const random = new Random(8);
    const problem: LogisticProblem = {
      x: Float64Array.from({ length: 24 }, () => random.normal()),
      y: Int32Array.from({ length: 8 }, (_, i) => i % classes),
      width: 3,
      classes,
      l2: 0.1,
      rowWeights: Float64Array.from({ length: 8 }, (_, i) => (i % 2 ? 1.5 : 0.5)),
    };
    const objective = logisticObjective(problem);
    const at = Float64Array.from({ length: 4 * logitsFor(classes) }, () => random.normal());
    const gradient = new Float64Array(at.length);
    atOnce(objective(at, gradient));
    const unused = new Float64Array(at.length);
    at.forEach((_, i) => {
      const moved = (by: number) =>
        atOnce(
          objective(
            at.map((v, j) => (i === j ? v + by : v)),
            unused,
          ),
        );
      expect(gradient[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 8);
    });
  },
);

function fitLogistic(x: Float64Array, y: Int32Array, width: number, classes: number) {
  const outputs = logitsFor(classes);
  const objective = logisticObjective({ x, y, width, classes, l2: 1 / y.length, rowWeights: null });
  let best = new Float64Array((width + 1) * outputs);
  for (const state of minimise(objective, best, 1e-8)) if (state) best = state.x.slice();
  return best;
}

test("breast cancer, standardised, C = 1: scikit-learn's intercept .21450 and ‖w‖ 3.84161", () => {
  const data = sampleMatrix('sklearn-breast_cancer.csv', 1);
  const found = fitLogistic(
    standardised(data, allRows(data.n)),
    Int32Array.from(data.y),
    data.width,
    2,
  );
  expect(found[data.width]).toBeCloseTo(0.2145, 3);
  expect(Math.hypot(...found.subarray(0, data.width))).toBeCloseTo(3.84161, 3);
});

function crossValidated(data: Matrix): number {
  const y = Int32Array.from(data.y);
  const classes = Math.max(...y) + 1;
  const outputs = logitsFor(classes);
  const folds = foldsOf(allRows(data.n), 5, { classes: y, shuffle: false, seed: 0 });
  const accuracies = folds.map(({ train, test }) => {
    const x = standardised(data, train);
    const rowOf = (row: number) => x.subarray(row * data.width, (row + 1) * data.width);
    const trainX = Float64Array.from([...train].flatMap((row) => [...rowOf(row)]));
    const found = fitLogistic(
      trainX,
      Int32Array.from(train, (row) => y[row] ?? 0),
      data.width,
      classes,
    );
    const right = [...test].filter((row) => {
      const logits = Array.from({ length: outputs }, (_, k) =>
        rowOf(row).reduce(
          (sum, v, j) => sum + v * (found[j * outputs + k] ?? 0),
          found[data.width * outputs + k] ?? 0,
        ),
      );
      const answer =
        outputs === 1 ? Number((logits[0] ?? 0) > 0) : logits.indexOf(Math.max(...logits));
      return answer === y[row];
    });
    return right.length / test.length;
  });
  return accuracies.reduce((a, b) => a + b) / accuracies.length;
}

test.each([
  ['sklearn-iris.csv', 1, 0.96],
  ['sklearn-wine_data.csv', 1, 0.9832],
  ['sklearn-breast_cancer.csv', 1, 0.9807],
  ['sklearn-digits8x8.csv', 0, 0.9204],
] as const)(
  "%s: cv=5 unshuffled accuracy of logistic regression is scikit-learn's",
  (file, skip, expected) => {
    const accuracy = crossValidated(sampleMatrix(file, skip));
    expect(Math.abs(accuracy - expected)).toBeLessThan(0.001);
  },
);
