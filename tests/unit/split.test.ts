import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SplitSpec } from '../../src/data/schema.ts';
import { foldsOf } from '../../src/data/folds.ts';
import { defaultSplit, splitRows } from '../../src/data/split.ts';
import { allRows, vectorOf } from '../support/memory-source.ts';

const random = (extra: Partial<Extract<SplitSpec, { type: 'random' }>> = {}): SplitSpec => ({
  type: 'random',
  seed: 1,
  validation: 0.15,
  test: 0.2,
  stratify: true,
  ...extra,
});

test('a random split is disjoint, covers every row with a target, and has the asked sizes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 12, maxLength: 300 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.boolean(),
      (cells, seed, stratify) => {
        const usable = cells.filter((cell) => cell !== null).length;
        fc.pre(usable > 8);
        const split = splitRows(random({ seed, stratify }), cells.length, {
          target: vectorOf('category', cells),
        });
        const all = [...split.train, ...split.validation, ...split.test];
        expect(new Set(all).size).toBe(all.length);
        expect(all.length).toBe(usable);
        expect(all.every((row) => cells[row] !== null)).toBe(true);
        // A class of one row can't be shared out, so that stratified parts may miss a row a class.
        expect(Math.abs(split.test.length - usable * 0.2)).toBeLessThanOrEqual(3);
        expect(Math.abs(split.validation.length - usable * 0.15)).toBeLessThanOrEqual(3);
      },
    ),
  );
});

test('a stratified split gives every class its share, to a row', () => {
  const cells = [...Array<string>(200).fill('common'), ...Array<string>(20).fill('rare')];
  const split = splitRows(random(), 220, { target: vectorOf('category', cells) });
  const count = (rows: Uint32Array, name: string) =>
    [...rows].filter((row) => cells[row] === name).length;
  expect([count(split.test, 'common'), count(split.test, 'rare')]).toEqual([40, 4]);
  expect([count(split.validation, 'common'), count(split.validation, 'rare')]).toEqual([30, 3]);
});

const prices = Array.from({ length: 500 }, (_, i) => 1000 + 500 * Math.sin(i * 1.1) + i * 0.37);

test('numbers that are all different are shared out by tenths, whatever their order', () => {
  const split = splitRows(defaultSplit, 500, { target: vectorOf('number', prices) });
  expect([split.train, split.validation, split.test].map((rows) => rows.length)).toEqual([
    325, 75, 100,
  ]);
  const ranks = [...prices].sort((a, b) => a - b);
  const tenths = (rows: Uint32Array) => {
    const counts = new Array<number>(10).fill(0);
    for (const row of rows) {
      const tenth = Math.floor(ranks.indexOf(prices[row] ?? 0) / 50);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    return counts;
  };
  expect(tenths(split.test)).toEqual(new Array(10).fill(10));
  for (const count of tenths(split.validation)) expect([7, 8]).toContain(count);
});

test('of few rows each has its chance to test: no stratum is of one row', () => {
  const target = vectorOf('number', prices.slice(0, 15));
  const split = splitRows(defaultSplit, 15, { target });
  expect([split.train, split.validation, split.test].map(({ length }) => length)).toEqual([
    10, 2, 3,
  ]);
});

test('numbers that are classes keep the shares of each', () => {
  const cells = [...Array<number>(200).fill(0), ...Array<number>(20).fill(1)];
  const target = vectorOf('integer', cells);
  const split = splitRows(defaultSplit, 220, { target });
  expect([...split.test].filter((row) => cells[row] === 1).length).toBe(4);
  expect(split).toEqual(splitRows(random(), 220, { target })); // as the first version had them
});

test('a data set of the first version keeps the split that it had: each number is a stratum', () => {
  const target = vectorOf(
    'number',
    prices.map((price, i) => (i < 100 ? Math.round(price / 100) : price)),
  );
  const split = splitRows(random(), 500, { target });
  expect([split.train.length, split.validation.length]).toEqual([453, 22]);
  expect([...split.test]).toEqual([
    ...[10, 15, 16, 18, 24, 26, 28, 31, 32, 34, 37, 41, 48, 51, 52, 56, 60, 61, 65, 66, 70],
    ...[79, 80, 93, 94],
  ]);
});

test('the same seed splits alike and another seed differently', () => {
  const split = (seed: number) => splitRows(random({ seed }), 100, {});
  expect(split(4)).toEqual(split(4));
  expect(split(4).test).not.toEqual(split(5).test);
});

test('a group is never in two parts, and the shares are about right', () => {
  const cells = Array.from({ length: 600 }, (_, i) => `patient ${i % 60}`);
  const spec: SplitSpec = { type: 'group', column: 'p', seed: 3, validation: 0.15, test: 0.2 };
  const split = splitRows(spec, 600, { column: vectorOf('category', cells) });
  const groups = [split.train, split.validation, split.test].map(
    (rows) => new Set([...rows].map((row) => cells[row])),
  );
  expect(groups.reduce((sum, set) => sum + set.size, 0)).toBe(60);
  expect(split.test.length).toBe(120);
  expect(split.validation.length).toBe(90);
});

test('a split by time trains on the past, and rows of one moment stay together', () => {
  const times = Array.from({ length: 100 }, (_, i) => Math.floor(((i * 37) % 100) / 3));
  const spec: SplitSpec = { type: 'time', column: 't', validation: 0.15, test: 0.2 };
  const split = splitRows(spec, 100, { column: vectorOf('date', times) });
  const span = (rows: Uint32Array) => {
    const at = [...rows].map((row) => times[row] ?? 0);
    return [Math.min(...at), Math.max(...at)] as const;
  };
  expect(span(split.train)[1]).toBeLessThan(span(split.validation)[0]);
  expect(span(split.validation)[1]).toBeLessThan(span(split.test)[0]);
  expect(split.test.length).toBeGreaterThanOrEqual(20);
});

test('undated rows train, and a column of text can not be split by time', () => {
  const spec: SplitSpec = { type: 'time', column: 't', validation: 0, test: 0.5 };
  const split = splitRows(spec, 4, { column: vectorOf('date', [null, 1, 2, 3]) });
  expect([...split.train]).toEqual([0, 1]);
  expect(() => splitRows(spec, 2, { column: vectorOf('text', ['a', 'b']) })).toThrow(
    'A split by time needs a column of dates or numbers',
  );
});

test("a column of one's own names the parts", () => {
  const column = vectorOf('category', ['train', 'test', 'val', 'train', null]);
  const spec: SplitSpec = { type: 'column', column: 'part', validation: 'val', test: 'test' };
  const split = splitRows(spec, 5, { column });
  expect([[...split.train], [...split.validation], [...split.test]]).toEqual([[0, 3, 4], [2], [1]]);
});

test('a split that leaves nothing to train on is refused', () => {
  const target = vectorOf('category', [null, null]);
  expect(() => splitRows(random(), 2, { target })).toThrow(
    'The split leaves none of 2 rows to train on',
  );
  expect(() => splitRows({ ...random(), type: 'group', column: 'g' } as SplitSpec, 2, {})).toThrow(
    `The split's column "g" isn't there`,
  );
});

test("stratified folds are scikit-learn's StratifiedKFold(3)", () => {
  const classes = Int32Array.from([2, 0, 1, 0, 2, 2, 1, 0, 0, 1, 2, 0, 0, 2, 0, 1, 1]);
  const folds = foldsOf(allRows(17), 3, { classes, shuffle: false, seed: 0 });
  expect(folds.map(({ test }) => [...test])).toEqual([
    [0, 1, 2, 3, 4, 6],
    [5, 7, 8, 9, 10, 15],
    [11, 12, 13, 14, 16],
  ]);
});

test("folds without classes are scikit-learn's KFold(4)", () => {
  const folds = foldsOf(allRows(17), 4, { shuffle: false, seed: 0 });
  expect(folds.map(({ test }) => [...test])).toEqual([
    [0, 1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10, 11, 12],
    [13, 14, 15, 16],
  ]);
});

test('shuffled folds test each row once and keep the classes balanced', () => {
  const classes = Int32Array.from({ length: 90 }, (_, i) => (i < 60 ? 0 : 1));
  const folds = foldsOf(allRows(90), 5, { classes, shuffle: true, seed: 9 });
  expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual([...allRows(90)]);
  for (const { train, test } of folds) {
    expect(train.length + test.length).toBe(90);
    expect([...test].filter((row) => row < 60).length).toBe(12);
  }
});

test('folds that can not be made are refused', () => {
  const options = { shuffle: false, seed: 0 };
  expect(() => foldsOf(allRows(3), 5, options)).toThrow("3 rows can't make 5 folds");
  expect(() => foldsOf(allRows(3), 1, options)).toThrow('1 folds: there must be at least 2');
});
