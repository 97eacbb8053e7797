import { expect, test } from 'vitest';
import { bootstrapIntervals, planBootstrap } from '../../../src/evaluate/bootstrap.ts';
import { evaluateClasses } from '../../../src/evaluate/evaluate-classes.ts';
import { evaluateNumbers } from '../../../src/evaluate/evaluate-numbers.ts';
import type { Evaluation } from '../../../src/evaluate/evaluation.ts';
import { Random } from '../../../src/lib/random.ts';

const shift = 1.2;
/** Of two normal scores one apart by `shift`: Φ(shift / √2). */
const trueAuc = 0.80193;
/** Of answers that are the truth plus N(0, 1): √(2 / π) and 1. */
const trueMae = Math.sqrt(2 / Math.PI);

test('about 95 % of intervals hold the true figure', () => {
  const worlds = 200;
  const held = { accuracy: 0, rocAuc: 0, mae: 0, rmse: 0 };
  for (let seed = 0; seed < worlds; seed++) {
    const classes = classWorld(120, seed);
    held.accuracy += holds(classes, 'accuracy', 0.7257); // Φ(shift / 2)
    held.rocAuc += holds(classes, 'rocAuc', trueAuc);
    const numbers = numberWorld(120, seed);
    held.mae += holds(numbers, 'mae', trueMae);
    held.rmse += holds(numbers, 'rmse', 1);
  }
  // 95 % ± 4 standard errors of 200 draws, less what a percentile interval of 120 rows is short of.
  for (const [name, count] of Object.entries(held)) {
    expect(count / worlds, name).toBeGreaterThan(0.88);
    expect(count / worlds, name).toBeLessThanOrEqual(1);
  }
});

test('an interval is as wide as the closed form says', () => {
  const rows = 1000;
  const numbers = numberWorld(rows, 1);
  // The mean of |N(0, 1)| has standard deviation √(1 − 2/π) / √rows.
  const expected = (2 * 1.96 * Math.sqrt(1 - 2 / Math.PI)) / Math.sqrt(rows);
  expect(width(numbers, 'mae') / expected).toBeGreaterThan(0.88);
  expect(width(numbers, 'mae') / expected).toBeLessThan(1.12);
  const classes = classWorld(rows, 1);
  // Hanley & McNeil (1982), for the area as measured.
  const area = classes.metrics['rocAuc']?.value ?? 0;
  const [q1, q2, half] = [area / (2 - area), (2 * area ** 2) / (1 + area), rows / 2];
  const variance =
    (area * (1 - area) + (half - 1) * (q1 - area ** 2 + q2 - area ** 2)) / (half * half);
  const hanley = 2 * 1.96 * Math.sqrt(variance);
  expect(width(classes, 'rocAuc') / hanley).toBeGreaterThan(0.85);
  expect(width(classes, 'rocAuc') / hanley).toBeLessThan(1.15);
});

test('an interval from a part of many rows is as wide as one from all of them', () => {
  const rows = 40_000;
  const random = new Random(3);
  const errors = Float64Array.from({ length: rows }, () => Math.abs(random.normal()));
  const value = errors.reduce((sum, error) => sum + error, 0) / rows;
  const plan = planBootstrap(rows, 1, 7, 5e6);
  expect(plan.rows.length).toBe(5000);
  expect(plan.scale).toBeCloseTo(Math.sqrt(1 / 8));
  expect(Array.from(plan.rows)).toEqual(Array.from(plan.rows.toSorted()));
  expect(new Set(plan.rows).size).toBe(5000);
  const mean = (weights: Uint16Array) => {
    let sum = 0;
    plan.rows.forEach((row, i) => (sum += (errors[row] ?? 0) * (weights[i] ?? 0)));
    return { mae: sum / plan.rows.length };
  };
  const [low = 0, high = 0] = bootstrapIntervals({ mae: value }, plan, mean, 7)['mae'] ?? [];
  const expected = (2 * 1.96 * Math.sqrt(1 - 2 / Math.PI)) / Math.sqrt(rows);
  expect((high - low) / expected).toBeGreaterThan(0.9);
  expect((high - low) / expected).toBeLessThan(1.1);
  expect((low + high) / 2).toBeCloseTo(value, 3);
});

test('the same seed gives the same intervals, and another seed others', () => {
  expect(classWorld(60, 1, 5)).toEqual(classWorld(60, 1, 5));
  expect(classWorld(60, 1, 5)).not.toEqual(classWorld(60, 1, 6));
});

test('too few rows have no interval', () => {
  expect(numberWorld(9, 1).metrics['mae']?.interval).toBeNull();
  expect(numberWorld(10, 1).metrics['mae']?.interval).not.toBeNull();
});

/** Half the rows of each class; the score of class b is N(0, 1) or N(shift, 1), squashed. */
function classWorld(rows: number, world: number, seed = world): Evaluation {
  const random = new Random(world, 'world');
  const actual = Int32Array.from({ length: rows }, (_, i) => i % 2);
  const probabilities = new Float32Array(rows * 2);
  actual.forEach((c, i) => {
    const p = 1 / (1 + Math.exp(-(random.normal() + (c - 0.5) * shift)));
    probabilities.set([1 - p, p], i * 2);
  });
  return evaluateClasses(
    { type: 'classes', classes: ['a', 'b'], rows: counted(rows), actual, probabilities },
    { on: 'test', trainCounts: [1, 1], seed },
  );
}

function numberWorld(rows: number, world: number): Evaluation {
  const random = new Random(world, 'world');
  const actual = Float64Array.from({ length: rows }, () => 10 * random.normal());
  const predicted = actual.map((y) => y + random.normal());
  return evaluateNumbers(
    { type: 'numbers', rows: counted(rows), actual, predicted },
    { on: 'test', trainMean: 0, seed: world },
  );
}

function counted(rows: number): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, i) => i);
}

function holds({ metrics }: Evaluation, name: string, truth: number): number {
  const [low, high] = metrics[name]?.interval ?? [Infinity, Infinity];
  return low <= truth && truth <= high ? 1 : 0;
}

function width({ metrics }: Evaluation, name: string): number {
  const [low, high] = metrics[name]?.interval ?? [Number.NaN, Number.NaN];
  return high - low;
}
