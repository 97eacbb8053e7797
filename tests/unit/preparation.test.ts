import { expect, test } from 'vitest';
import { buildFeatures, completeRows, vectorsOf } from '../../src/data/features.ts';
import { fitPreparation, quantile } from '../../src/data/fit-preparation.ts';
import type { ColumnSource } from '../../src/data/schema.ts';
import { encodeClasses, encodeNumbers, fitClasses, fitNumber } from '../../src/data/target.ts';
import { allRows, memorySource, vectorOf } from '../support/memory-source.ts';

async function featuresOf(source: ColumnSource, trainRows = allRows(source.dataSet.rows)) {
  const preparation = await fitPreparation(source, trainRows);
  const rows = allRows(source.dataSet.rows);
  const width = preparation.featureNames.length;
  const out = await buildFeatures(
    preparation,
    (name) => source.column(name),
    rows,
    new Float64Array(rows.length * width),
  );
  return {
    preparation,
    table: Array.from(rows, (i) => [...out.slice(i * width, (i + 1) * width)]),
  };
}

const cells = [1, 2, 2, 5, 9, 11.5, -3];

test.each([
  // scikit-learn 1.2.1: StandardScaler, RobustScaler, MinMaxScaler .fit_transform
  [
    'standard',
    [
      -0.6364434310791929, -0.4191212838814197, -0.4191212838814197, 0.2328451577118999,
      1.1021337465029926, 1.6454391144974256, -1.505732019870286,
    ],
  ],
  [
    'robust',
    [
      -0.18181818181818182, 0, 0, 0.5454545454545454, 1.2727272727272727, 1.7272727272727273,
      -0.9090909090909091,
    ],
  ],
  [
    'min-max',
    [
      0.27586206896551724, 0.3448275862068966, 0.3448275862068966, 0.5517241379310345,
      0.8275862068965517, 1, 0,
    ],
  ],
  ['none', cells],
] as const)("%s scaling gives scikit-learn's numbers", async (scaling, expected) => {
  const { table } = await featuresOf(
    memorySource({ x: { type: 'number', cells, preparation: { scaling } } }),
  );
  table.flat().forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 12));
});

test('a constant column becomes zeros, not NaN', async () => {
  const { table } = await featuresOf(
    memorySource({ x: { type: 'number', cells: [0.1, 0.1, 0.1] } }),
  );
  for (const value of table.flat()) expect(value).toBeCloseTo(0, 12);
});

test('missing and infinite numbers get the stand-in of the train rows, and an indicator where asked', async () => {
  const source = memorySource({
    x: {
      type: 'number',
      cells: [1, 3, 8, null, Infinity, 1000],
      preparation: { scaling: 'none', missing: { type: 'median' }, missingIndicator: true },
    },
  });
  const { preparation, table } = await featuresOf(source, Uint32Array.of(0, 1, 2, 3));
  expect(preparation.featureNames).toEqual(['x', 'x is missing']);
  expect(table).toEqual([
    [1, 0],
    [3, 0],
    [8, 0],
    [3, 1],
    [3, 1],
    [1000, 0],
  ]);
});

test.each([
  [{ type: 'mean' } as const, 4],
  [{ type: 'median' } as const, 3],
  [{ type: 'most-frequent' } as const, 2],
  [{ type: 'constant', value: -1 } as const, -1],
])('missing numbers by %o', async (missing, expected) => {
  const { table } = await featuresOf(
    memorySource({
      x: {
        type: 'number',
        cells: [2, 2, 3, 3.5, 9.5, null],
        preparation: { scaling: 'none', missing },
      },
    }),
  );
  expect(table.at(-1)).toEqual([expected]);
});

test('categories are one-hot, two of them one feature, and a new one is nothing or "other"', async () => {
  const source = memorySource({
    colour: {
      type: 'category',
      cells: ['red', 'blue', 'green', 'red', 'new'],
      preparation: { missing: { type: 'own-category' } },
    },
    sex: { type: 'boolean', cells: ['f', 'm', 'f', 'm', 'm'] },
    town: { type: 'category', cells: ['a', 'a', 'b', 'c', 'z'], preparation: { maxCategories: 1 } },
  });
  const { preparation, table } = await featuresOf(source, Uint32Array.of(0, 1, 2, 3));
  expect(preparation.featureNames).toEqual([
    ...['colour = blue', 'colour = green', 'colour = red', 'sex = m', 'town = a', 'town is other'],
  ]);
  expect(table).toEqual([
    [0, 0, 1, 0, 1, 0],
    [1, 0, 0, 1, 1, 0],
    [0, 1, 0, 0, 0, 1],
    [0, 0, 1, 1, 0, 1],
    [0, 0, 0, 1, 0, 1],
  ]);
});

test('a missing category is one of its own, or the most frequent', async () => {
  const colour = { type: 'category', cells: ['r', 'b', 'g', 'r', null] } as const;
  const own = await featuresOf(
    memorySource({ colour: { ...colour, preparation: { missing: { type: 'own-category' } } } }),
  );
  expect(own.preparation.featureNames.at(-1)).toBe('colour is missing');
  expect(own.table.at(-1)).toEqual([0, 0, 0, 1]);
  const frequent = await featuresOf(
    memorySource({ colour: { ...colour, preparation: { missing: { type: 'most-frequent' } } } }),
  );
  expect(frequent.table.at(-1)).toEqual([0, 0, 1]);
});

test('50,000 categories stay as narrow as asked', async () => {
  const many = Array.from({ length: 50_000 }, (_, i) => `value ${i}`);
  const preparation = await fitPreparation(
    memorySource({
      x: { type: 'category', cells: many.slice(0, 2) },
      y: { type: 'text', cells: many },
    }),
    allRows(50_000),
  );
  expect(preparation.featureNames.length).toBe(1 + 64 + 1);
});

test('loose rows make the same features as the table they come from', async () => {
  const source = memorySource({
    x: { type: 'number', cells: [1, 4, null] },
    colour: { type: 'category', cells: ['a', 'b', 'c'] },
    when: { type: 'date', cells: [0, 86_400_000, 172_800_000] },
  });
  const { preparation, table } = await featuresOf(source);
  const vectors = vectorsOf(preparation, [
    { x: '1', colour: 'a', when: '1970-01-01', unknown: 'ignored' },
    { x: 4, colour: 'b', when: 86_400_000 },
    { colour: 'c', when: '1970-01-03T00:00:00Z', x: null },
  ]);
  const out = await buildFeatures(
    preparation,
    (name) => Promise.resolve(vectors.get(name)),
    allRows(3),
    new Float64Array(3 * preparation.featureNames.length),
  );
  expect([...out]).toEqual(table.flat());
});

test('text where a number is needed is refused by name, row and value', async () => {
  const preparation = await fitPreparation(
    memorySource({ age: { type: 'number', cells: [1, 2] } }),
    allRows(2),
  );
  expect(() => vectorsOf(preparation, [{ age: 4 }, { age: 'n/a' }])).toThrow(
    'column "age": row 2 is "n/a", not a number',
  );
});

test('rows without a required cell are left out', async () => {
  const source = memorySource({
    x: { type: 'number', cells: [1, null, 3], preparation: { missing: { type: 'drop-row' } } },
  });
  const preparation = await fitPreparation(source, allRows(3));
  const rows = await completeRows(preparation, (name) => source.column(name), allRows(3));
  expect([...rows]).toEqual([0, 2]);
});

test('a table without features is refused', async () => {
  const source = memorySource({ x: { type: 'number', cells: [1], role: 'ignored' } });
  await expect(fitPreparation(source, allRows(1))).rejects.toThrow('No column is a feature');
});

test('classes are those of the train rows, in order; others are −1', () => {
  const digits = vectorOf('integer', [10, 9, 1, 9, 7, null]);
  const target = fitClasses('digit', digits, Uint32Array.of(0, 1, 2));
  expect(target.classes).toEqual(['1', '9', '10']);
  expect([...encodeClasses(target, digits, allRows(6))]).toEqual([2, 1, 0, 1, -1, -1]);
});

test('a target that can not be learned is refused with the reason', () => {
  expect(() => fitClasses('y', vectorOf('category', ['a', 'a']), allRows(2))).toThrow(
    'target "y": every row is "a"; there must be at least two classes',
  );
  expect(() => fitClasses('y', vectorOf('category', [null, null]), allRows(2))).toThrow(
    'target "y": every cell is missing',
  );
  expect(() => fitNumber('y', vectorOf('number', [null, Infinity]), allRows(2))).toThrow(
    'target "y": no cell is a finite number',
  );
  expect(() => encodeNumbers('y', vectorOf('category', ['1', 'two']), allRows(2))).toThrow(
    'target "y": row 2 is "two", not a number',
  );
  const many = Array.from({ length: 50_000 }, (_, i) => `class ${i}`);
  expect(() => fitClasses('y', vectorOf('category', many), allRows(50_000))).toThrow(
    'target "y": 50000 classes are more than the 1000 that can be told apart; learn it as a number, or choose another target',
  );
});

test("quantiles interpolate as NumPy's do", () => {
  const sorted = Float64Array.from([1, 2, 4, 8]);
  const expected = [1, 1.75, 3, 6.8, 8];
  [0, 0.25, 0.5, 0.9, 1].forEach((share, i) => {
    expect(quantile(sorted, share)).toBeCloseTo(expected[i] ?? NaN, 12);
  });
});
