import { describe, expect, test } from 'vitest';
import type { ItemFeatures } from '../../../src/recommend/item-features.ts';
import { method as contentBased } from '../../../src/recommend/methods/content-based/method.ts';
import { wordsOf } from '../../../src/recommend/words.ts';
import { categoriesOf, fitContext, interactionsOf, tasteFor } from '../../support/tiny-tastes.ts';

/** Six films; the last has had no viewer, and of the fifth nothing is known. */
const features: ItemFeatures = {
  items: 6,
  categories: categoriesOf([
    ['comedy', 'romance'],
    ['comedy'],
    ['horror'],
    ['horror', 'space'],
    [],
    ['space'],
  ]),
  texts: ['The first kiss', 'The last kiss', 'The night', 'The star', '', 'The star again'],
  numbers: { names: ['year'], values: Float32Array.of(-1, -1, 0.5, 1, 0, 1) },
};

const events = interactionsOf(
  [
    [0, 0, 5],
    [0, 2, 1],
    [1, 2, 4],
    [1, 3, 5],
    [1, 4, 3],
  ],
  [2, 6],
);

const fit = (settings: Partial<typeof contentBased.defaults> = {}, of = features) =>
  contentBased.fit(events, { ...contentBased.defaults, ...settings }, fitContext(), of);

function scoresOf(model: Awaited<ReturnType<typeof fit>>, taste: ReturnType<typeof tasteFor>) {
  const out = new Float32Array(model.items);
  model.score(taste, out);
  return out;
}

test('words are runs of letters and digits of any script, and pairs of characters where there are no spaces', () => {
  expect(wordsOf('Se7en (1995): Ça va?')).toEqual(['se7en', '1995', 'ça', 'va']);
  expect(wordsOf('Пять ШАГОВ')).toEqual(['пять', 'шагов']);
  expect(wordsOf('हिन्दी फ़िल्म')).toHaveLength(2);
  expect(wordsOf('花样年华 2046')).toEqual(['花样', '样年', '年华', '2046']);
  expect(wordsOf('R2魂D2')).toEqual(['r2', '魂', 'd2']);
  expect(wordsOf(' -- ')).toEqual([]);
});

test('TF-IDF of categories alone: the cosines that the formula gives', async () => {
  const model = await fit({ words: 0, numbers: 0 });
  // Of five films with any: two comedies, one romance, two horrors, two in space.
  const [two, one] = [Math.log(5 / 2), Math.log(5)];
  const length = Math.hypot(two, one);
  const scores = scoresOf(model, tasteFor([[0, 5]]));
  expect(scores[0]).toBeCloseTo(1, 6);
  expect(scores[1]).toBeCloseTo(two / length, 6);
  expect([...scores.subarray(2)]).toEqual([0, 0, 0, 0]);
  expect(model.similar(3, 5)?.map(({ item }) => item)).toEqual([2, 5]);
  expect(model.similar(3, 5)?.[0]?.similarity).toBeCloseTo(Math.SQRT1_2, 6);
});

test('a word of all texts counts nothing, and one of a single item is left out', async () => {
  const model = await fit({ categories: 0, numbers: 0, leastItems: 1 });
  const { parts } = model.reasons(tasteFor([[0, 5]]), 1);
  expect(parts.map(({ index }) => model.nameOf?.('feature', index))).toEqual(['kiss']);
  const shared = await fit({ categories: 0, numbers: 0 });
  expect(shared.reasons(tasteFor([[0, 5]]), 0).parts).toHaveLength(1); // "first" is gone
});

test("a cold item is scored by what it shares with the person's, one unknown altogether gets 0", async () => {
  const model = await fit();
  const scores = scoresOf(model, tasteFor([[3, 5]]));
  expect(scores[5]).toBeGreaterThan(0.5);
  expect(scores[5]).toBeGreaterThan(scores[2] ?? NaN);
  expect(scores[4]).toBe(0);
  expect(scores[0]).toBeLessThan(0); // older by far
});

test('reasons sum to the score, largest first, and name categories, words and numbers', async () => {
  const model = await fit();
  const taste = tasteFor([
    [1, 4],
    [3, 5],
  ]);
  const scores = scoresOf(model, taste);
  for (let item = 0; item < model.items; item++) {
    const { parts, isExact } = model.reasons(taste, item);
    expect(isExact).toBe(true);
    expect(parts.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(scores[item] ?? NaN, 6);
    const sizes = parts.map(({ amount }) => Math.abs(amount));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  }
  const names = model.reasons(taste, 5).parts.map(({ index }) => model.nameOf?.('feature', index));
  expect(names.toSorted()).toEqual(['space', 'star', 'year']);
});

test('what was liked less than usual is no part of the profile; a low rating alone is no taste', async () => {
  const model = await fit({ words: 0, numbers: 0 });
  const mixed = scoresOf(
    model,
    tasteFor([
      [1, 5],
      [2, 1],
    ]),
  );
  expect(mixed[3]).toBe(0);
  expect(mixed[0]).toBeGreaterThan(0);
  expect([...scoresOf(model, tasteFor([[1, 1]]))]).toEqual([0, 0, 0, 0, 0, 0]);
  expect([...scoresOf(model, tasteFor([]))]).toEqual([0, 0, 0, 0, 0, 0]);
});

test('vectors keep the distances of the items that they stand for', async () => {
  const model = await fit();
  const { values, width } = model.vectors() ?? { values: new Float32Array(), width: 0 };
  const between = (a: number, b: number) =>
    Math.hypot(
      ...Array.from(
        { length: width },
        (_, k) => (values[a * width + k] ?? 0) - (values[b * width + k] ?? 0),
      ),
    );
  const similarity = (a: number, b: number) =>
    model.similar(a, 5)?.find(({ item }) => item === b)?.similarity ?? NaN;
  // |a − b|² = 2 − 2 cos of vectors of length 1
  for (const [a, b] of [
    [0, 1],
    [3, 5],
    [2, 3],
  ] as const)
    expect(between(a, b) ** 2).toBeCloseTo(2 - 2 * similarity(a, b), 4);
});

test('a saved model scores as before, and a damaged one is refused', async () => {
  const model = await fit();
  const saved = structuredClone(model.save());
  const taste = tasteFor([
    [1, 5],
    [3, 4],
  ]);
  const opened = contentBased.open(saved);
  expect(scoresOf(opened, taste)).toEqual(scoresOf(model, taste));
  expect(opened.nameOf?.('feature', 0)).toBe('comedy');
  const broken = { ...saved, arrays: { ...saved.arrays, indices: Uint32Array.of(99) } };
  expect(() => contentBased.open(broken)).toThrow(expect.objectContaining({ code: 'corrupt' }));
});

describe('with what texts mean', () => {
  const meanings: ItemFeatures = {
    ...features,
    embeddings: {
      width: 3,
      values: Float32Array.from(
        [
          [1, 0, 0],
          [0.8, 0.6, 0],
          [0, 0, 1],
          [0, 0.6, 0.8],
          [0, 0, 0],
          [0, 0, 1],
        ].flat(),
      ),
    },
  };
  const encoded = { text: 'sentence-encoder' } as const;

  test('scores are cosines of the embeddings with their mean taken off', async () => {
    const model = await fit({ ...encoded, categories: 0, numbers: 0 }, meanings);
    const scores = scoresOf(model, tasteFor([[0, 5]]));
    const mean = [1.8 / 5, 1.2 / 5, 2.8 / 5]; // of the five that have a text
    const centred = (row: number[]) => row.map((value, k) => value - (mean[k] ?? 0));
    const [a, b] = [centred([1, 0, 0]), centred([0.8, 0.6, 0])];
    const product = a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);
    expect(scores[1]).toBeCloseTo(product / Math.hypot(...a) / Math.hypot(...b), 5);
    expect(scores[4]).toBe(0);
    expect(model.similar(2, 1)?.[0]).toMatchObject({ item: 5 });
    expect(model.similar(2, 1)?.[0]?.similarity).toBeCloseTo(1, 5);
  });

  test('they are one reason beside categories and numbers, and all sum to the score', async () => {
    const model = await fit(encoded, meanings);
    const taste = tasteFor([
      [1, 4],
      [3, 5],
    ]);
    const scores = scoresOf(model, taste);
    for (let item = 0; item < model.items; item++) {
      const { parts, isExact } = model.reasons(taste, item);
      expect(isExact).toBe(true);
      expect(parts.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(
        scores[item] ?? NaN,
        6,
      );
      expect(parts.filter(({ kind }) => kind === 'text')).toHaveLength(item === 4 ? 0 : 1);
    }
    const names = model
      .reasons(taste, 5)
      .parts.flatMap(({ kind, index }) =>
        kind === 'feature' ? model.nameOf?.('feature', index) : [],
      );
    expect(names.toSorted()).toEqual(['space', 'year']); // no words
    const alone = model.similar(3, 5)?.find(({ item }) => item === 3);
    expect(alone).toBeUndefined();
  });

  test('vectors, scores and reasons are the same from what was saved, without an encoder', async () => {
    const model = await fit(encoded, meanings);
    const saved = structuredClone(model.save());
    const opened = contentBased.open(saved);
    const taste = tasteFor([
      [1, 5],
      [3, 4],
    ]);
    expect(scoresOf(opened, taste)).toEqual(scoresOf(model, taste));
    expect(opened.reasons(taste, 5)).toEqual(model.reasons(taste, 5));
    expect(opened.vectors()).toEqual(model.vectors());
    const broken = { ...saved, arrays: { ...saved.arrays, embeddings: new Float32Array(17) } };
    expect(() => contentBased.open(broken)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  test('the map keeps distances, words are used where they are asked for, and nothing stands in for an encoder', async () => {
    const model = await fit(encoded, meanings);
    const { values, width } = model.vectors() ?? { values: new Float32Array(), width: 0 };
    const squared = Array.from(
      { length: width },
      (_, k) => (values[k] ?? 0) - (values[width + k] ?? 0),
    ).reduce((sum, value) => sum + value * value, 0);
    const similarity = model.similar(0, 5)?.find(({ item }) => item === 1)?.similarity ?? NaN;
    expect(squared).toBeCloseTo(2 - 2 * similarity, 4);
    const taste = tasteFor([[3, 5]]);
    expect(scoresOf(await fit({}, meanings), taste)).toEqual(scoresOf(await fit(), taste));
    await expect(fit(encoded)).rejects.toThrow('nobody has encoded the texts');
    const same = { ...meanings, categories: null, numbers: null };
    const all = { width: 2, values: Float32Array.from({ length: 12 }, () => Math.SQRT1_2) };
    await expect(fit(encoded, { ...same, embeddings: all })).rejects.toThrow(
      'tells any two items apart',
    );
  });
});

test("it says what it can't be fitted to", async () => {
  const nothing = { items: 6, categories: null, texts: null, numbers: null };
  await expect(fit({}, nothing)).rejects.toThrow('nothing is known of the items');
  await expect(fit({}, { ...nothing, items: 5, texts: ['', '', '', '', ''] })).rejects.toThrow(
    'features are of 5 items, events of 6',
  );
  const same = ['a', 'a', 'a', 'a', 'a', 'a'];
  await expect(fit({}, { ...nothing, texts: same })).rejects.toThrow('tells any two items apart');
});
