import { expect, test } from 'vitest';
import { groupFolds, timeFolds } from '../../src/data/folds.ts';
import { allRows, vectorOf } from '../support/memory-source.ts';

const testsOf = (folds: { test: Uint32Array }[]) => folds.map(({ test }) => [...test]);

test("folds of groups are scikit-learn's GroupKFold(3)", () => {
  // Of different sizes, so that their order is settled: d 5, a 4, b 3, c 2, e 1.
  const groups = vectorOf('category', 'aabbcdddaaebcdd'.split(''));
  const folds = groupFolds(allRows(15), 3, groups, { shuffle: false, seed: 0 });
  expect(testsOf(folds)).toEqual([
    [5, 6, 7, 13, 14],
    [0, 1, 8, 9, 10],
    [2, 3, 4, 11, 12],
  ]);
  for (const { train, test } of folds) expect(train.length + test.length).toBe(15);
});

test('groups of one size are dealt by the seed when they are shuffled', () => {
  const groups = vectorOf(
    'category',
    Array.from({ length: 40 }, (_, i) => `g${i % 10}`),
  );
  const folds = (seed: number) => groupFolds(allRows(40), 5, groups, { shuffle: true, seed });
  expect(folds(1)).toEqual(folds(1));
  expect(folds(1)).not.toEqual(folds(2));
  expect(() => groupFolds(allRows(3), 4, groups, { shuffle: true, seed: 1 })).toThrow(
    "3 groups can't make 4 folds",
  );
});

test("folds in time are scikit-learn's TimeSeriesSplit(3), in the order of time", () => {
  const times = [3, 1, 2, 0, 4, 9, 8, 7, 6, 5, 10];
  const folds = timeFolds(allRows(11), 3, vectorOf('integer', times));
  const moments = (part: Uint32Array) =>
    [...part].map((row) => times[row]).sort((a = 0, b = 0) => a - b);
  expect(folds.map(({ train, test }) => [moments(train), moments(test)])).toEqual([
    [
      [0, 1, 2, 3, 4],
      [5, 6],
    ],
    [
      [0, 1, 2, 3, 4, 5, 6],
      [7, 8],
    ],
    [
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
      [9, 10],
    ],
  ]);
});

test('rows of one moment are in one fold, undated rows train, and too few moments are refused', () => {
  const times = [0, 0, 0, 1, 1, 1, 2, 2, 2, null, 3, 3, 3];
  const folds = timeFolds(allRows(13), 3, vectorOf('date', times));
  expect(testsOf(folds)).toEqual([
    [3, 4, 5],
    [6, 7, 8],
    [10, 11, 12],
  ]);
  for (const { train } of folds) expect([...train]).toContain(9);
  expect(() => timeFolds(allRows(9), 3, vectorOf('date', times))).toThrow(
    "2 later moments can't make 3 folds",
  );
  const most = vectorOf('integer', [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3]);
  expect(() => timeFolds(allRows(13), 3, most)).toThrow(
    'Too many rows are of one moment to make 3 folds',
  );
});
