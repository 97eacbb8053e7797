import { expect, test } from 'vitest';
import { profileTable } from '../../src/data/profile-table.ts';
import type { DataWarning } from '../../src/data/profile.ts';
import type { ColumnSource } from '../../src/data/schema.ts';
import { importSample } from '../support/table-files.ts';
import { memorySource, type ColumnInput } from '../support/memory-source.ts';

function withTarget(source: ColumnSource, target: string): ColumnSource {
  const columns = source.dataSet.columns.map((column) =>
    column.name === target ? { ...column, role: 'target' as const } : column,
  );
  return { dataSet: { ...source.dataSet, columns }, column: (name) => source.column(name) };
}

test("a column's figures are NumPy's, and its association with the target SciPy's", async () => {
  const { source } = await importSample('penguins.csv');
  const { columns } = await profileTable(withTarget(source, 'species'));
  const of = (name: string) => columns.find((column) => column.name === name);
  const mass = of('body_mass_g');
  expect(mass).toMatchObject({ rows: 344, missing: 2, distinct: 94 });
  expect(mass?.numbers).toMatchObject({ min: 2700, max: 6300, infinite: 0 });
  expect(mass?.numbers?.mean).toBeCloseTo(4201.754385964912, 9);
  expect(mass?.numbers?.standardDeviation).toBeCloseTo(801.9545356980954, 9);
  const quantiles = [2900, 3150, 3550, 4050, 4750, 5650, 5979.5];
  mass?.numbers?.quantiles.forEach((value, i) => {
    expect(value).toBeCloseTo(quantiles[i] ?? NaN, 9);
  });
  const counts = mass?.numbers?.histogram.counts ?? [];
  expect(counts.reduce((a, b) => a + b)).toBe(342);
  expect(mass?.association?.measure).toBe('correlation-ratio');
  expect(mass?.association?.value).toBeCloseTo(0.8183348664745757, 9);
  expect(of('island')?.association?.measure).toBe('cramers-v');
  expect(of('island')?.association?.value).toBeCloseTo(0.6573290190537864, 9);
  expect(of('sex')?.top.map(({ value, count }) => [value, count])).toEqual([
    ['male', 168],
    ['female', 165],
  ]);
});

test('the association of two columns of numbers is |Pearson|', async () => {
  const { source } = await importSample('sklearn-diabetes.csv');
  const { columns } = await profileTable(withTarget(source, 'target'));
  const bmi = columns.find(({ name }) => name === 'bmi');
  expect(bmi?.association?.measure).toBe('pearson');
  expect(bmi?.association?.value).toBeCloseTo(0.5864501344746885, 9);
});

const numbers = (count: number, of: (i: number) => number | null) =>
  Array.from({ length: count }, (_, i) => of(i));
const target: ColumnInput = {
  type: 'category',
  role: 'target',
  cells: Array.from({ length: 100 }, (_, i) => (i % 2 ? 'a' : 'b')),
};

async function warningsOf(columns: Record<string, ColumnInput>): Promise<DataWarning[]> {
  return (await profileTable(memorySource({ y: target, ...columns }))).warnings;
}

const noise: ColumnInput = {
  type: 'number',
  cells: numbers(100, (i) => Math.sin(i * 12.9898) * 43),
};

test.each<[string, Record<string, ColumnInput>, DataWarning]>([
  [
    'constant',
    { c: { type: 'category', cells: numbers(100, () => 7) } },
    { type: 'constant', column: 'c', value: '7' },
  ],
  [
    'like an identifier',
    { c: { type: 'integer', cells: numbers(100, (i) => i + 1) } },
    { type: 'id-like', column: 'c', distinct: 100 },
  ],
  [
    'the target by another name',
    { c: { type: 'category', cells: target.cells.map((cell) => `is ${cell}`) } },
    { type: 'leaks-target', column: 'c', association: 1 },
  ],
  [
    'mostly missing',
    { c: { type: 'number', cells: numbers(100, (i) => (i < 60 ? null : i)) } },
    { type: 'mostly-missing', column: 'c', share: 0.6 },
  ],
  [
    'infinite',
    { c: { type: 'number', cells: numbers(100, (i) => (i === 5 ? Infinity : (i * 7) % 13)) } },
    { type: 'infinite', column: 'c', count: 1 },
  ],
])('a column that is %s is named, with what is wrong', async (_name, columns, warning) => {
  const warnings = await warningsOf({ ...columns, noise });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject(
    warning.type === 'leaks-target' ? { type: 'leaks-target', column: 'c' } : warning,
  );
});

test('the value of events is no target of classes: uneven, rare or one for all, it is fine', async () => {
  const events = (value: (i: number) => number): Record<string, ColumnInput> => ({
    y: { type: 'integer', role: 'target', cells: numbers(100, value) },
    user: { type: 'id', role: 'user', cells: numbers(100, (i) => i % 10) },
    item: { type: 'id', role: 'item', cells: numbers(100, (i) => Math.floor(i / 10)) },
  });
  expect(await warningsOf(events((i) => (i < 99 ? 5 : 1)))).toEqual([]);
  expect(await warningsOf(events(() => 5))).toEqual([]);
});

test('targets that are uneven, rare, missing or of one class are named', async () => {
  const y = (cells: ColumnInput['cells']) => ({ y: { ...target, cells }, noise });
  const uneven = numbers(100, (i) => (i < 96 ? 0 : 1));
  expect(await warningsOf(y(uneven))).toEqual([
    { type: 'imbalance', column: 'y', rarest: '1', share: 0.04 },
    { type: 'rare-class', column: 'y', value: '1', count: 4 },
  ]);
  expect(await warningsOf(y(numbers(100, (i) => (i < 3 ? null : i % 2))))).toEqual([
    { type: 'missing-target', column: 'y', count: 3 },
  ]);
  expect(await warningsOf(y(numbers(100, () => 1)))).toEqual([
    { type: 'unusable-target', column: 'y', reason: 'one-class' },
  ]);
  expect(await warningsOf(y(numbers(100, () => null)))).toEqual([
    { type: 'unusable-target', column: 'y', reason: 'all-missing' },
  ]);
});

test('few rows and repeated rows are named; a sound table has no warning', async () => {
  expect(await warningsOf({ noise })).toEqual([]);
  const few = await profileTable(
    memorySource({
      x: { type: 'number', cells: [1, 2, 2] },
      y: { type: 'category', cells: ['a', 'b', 'b'] },
    }),
  );
  expect(few.duplicateRows).toBe(1);
  expect(few.warnings).toEqual([
    { type: 'too-few-rows', rows: 3, features: 2 },
    { type: 'duplicate-rows', rows: 1 },
  ]);
});
