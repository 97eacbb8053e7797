import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { StudioError } from '../../../src/lib/errors.ts';
import { Random } from '../../../src/lib/random.ts';
import { fitRecommender } from '../../../src/recommend/fit-recommender.ts';
import { tasteOf, type Interactions, type Taste } from '../../../src/recommend/interactions.ts';
import { objective, RowSolver, solveSide } from '../../../src/recommend/methods/ials/factorise.ts';
import { methods, type MethodId } from '../../../src/recommend/methods/index.ts';
import type {
  FitProgress,
  FitState,
  Recommender,
  RecommenderMethod,
} from '../../../src/recommend/recommender.ts';
import { tasteFrom } from '../../../src/recommend/taste.ts';
import { transpose } from '../../../src/recommend/transpose.ts';
import { fitContext, fromMatrix, randomInteractions } from '../../support/small-interactions.ts';

type Fit = (interactions: Interactions) => Promise<Recommender>;

/** Every method, small, and the neighbours' each way that they can be. */
const contestants: Record<string, Fit> = {
  'most-popular': (x) => fitRecommender(methods['most-popular'], x, {}, fitContext),
  'item-mean': (x) => fitRecommender(methods['item-mean'], x, { damping: 5 }, fitContext),
  'user-item-bias': (x) =>
    fitRecommender(methods['user-item-bias'], x, methods['user-item-bias'].defaults, fitContext),
  ...Object.fromEntries(
    (['item-knn', 'user-knn'] as const).flatMap((id) =>
      (['cosine', 'adjusted-cosine'] as const).flatMap((similarity) =>
        (['sum', 'weighted-average'] as const).map((aggregate): [string, Fit] => [
          `${id}, ${similarity}, ${aggregate}`,
          (x) =>
            fitRecommender(
              methods[id],
              x,
              { neighbours: 6, shrinkage: 0.5, similarity, aggregate },
              fitContext,
            ),
        ]),
      ),
    ),
  ),
  'pure-svd': (x) => fitRecommender(methods['pure-svd'], x, { factors: 4 }, fitContext),
  ease: (x) => fitRecommender(methods.ease, x, { regularization: 5 }, fitContext),
  'biased-mf': (x) =>
    fitRecommender(
      methods['biased-mf'],
      x,
      { ...methods['biased-mf'].defaults, factors: 5, epochs: 5 },
      fitContext,
    ),
  ials: (x) =>
    fitRecommender(
      methods.ials,
      x,
      { factors: 5, alpha: 1, regularization: 1, epochs: 4 },
      fitContext,
    ),
  bpr: (x) =>
    fitRecommender(methods.bpr, x, { ...methods.bpr.defaults, factors: 5, epochs: 5 }, fitContext),
};

const ratings = randomInteractions(40, 25, 0.4, 7, 5);
const newcomer = tasteFrom(
  [
    { item: 3, value: 5 },
    { item: 17, value: 1 },
    { item: 8, value: 4 },
  ],
  ratings.items,
).taste;

/** A method by its id alone, for settings that only a test would give. */
function anyMethod(id: MethodId): RecommenderMethod<Record<string, unknown>> {
  // Settings differ from method to method, so that the union of them takes none.
  return methods[id] as unknown as RecommenderMethod<Record<string, unknown>>;
}

test('user-kNN tells alike items by who had them', async () => {
  const x = fromMatrix([
    [1, 1, 0, 0],
    [1, 1, 1, 0],
    [1, 0, 1, 0],
    [0, 0, 0, 1],
  ]);
  const model = await methods['user-knn'].fit(x, methods['user-knn'].defaults, fitContext, null);
  expect(model.similar(1, 5)).toEqual([
    { item: 0, similarity: expect.closeTo(2 / Math.sqrt(6), 6) as number },
    { item: 2, similarity: expect.closeTo(1 / 2, 6) as number },
  ]);
  expect(model.similar(3, 5)).toEqual([]);
});

function scoresOf(model: Recommender, taste: Taste): Float32Array {
  const out = new Float32Array(model.items);
  model.score(taste, out);
  return out;
}

test('every folder is a method, registered under its name', () => {
  const folders = readdirSync('src/recommend/methods', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(Object.keys(methods).sort()).toEqual(folders.sort());
  for (const id of folders) expect(methods[id as MethodId].id).toBe(id); // just compared
});

describe.each(Object.entries(contestants))('%s', (_, fit) => {
  test('reasons sum to the score, largest first', async () => {
    const model = await fit(ratings);
    for (const taste of [tasteOf(ratings, 0), newcomer]) {
      const scores = scoresOf(model, taste);
      for (let item = 0; item < model.items; item++) {
        const { parts, isExact } = model.reasons(taste, item);
        expect(isExact).toBe(true);
        const sum = parts.reduce((total, { amount }) => total + amount, 0);
        expect(sum).toBeCloseTo(scores[item] ?? NaN, 4);
        const sizes = parts.map(({ amount }) => Math.abs(amount));
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      }
    }
  });

  test('saved and opened it scores to the bit as before', async () => {
    const model = await fit(ratings);
    const saved = structuredClone(model.save());
    const method = methods[saved.method as MethodId]; // of the registry, or the next line fails
    const opened = method.open(saved);
    expect(opened.items).toBe(model.items);
    expect(opened.predictsValues).toBe(model.predictsValues);
    for (const taste of [tasteOf(ratings, 0), tasteOf(ratings, 5), newcomer])
      expect(scoresOf(opened, taste)).toEqual(scoresOf(model, taste));
    expect(opened.save()).toEqual(saved);
    expect(() => method.open({ ...saved, method: 'other' })).toThrow('was saved by "other"');
    expect(() => method.open({ ...saved, arrays: {} })).toThrow(StudioError);
  });

  test('the same seed gives the same model', async () => {
    expect((await fit(ratings)).save()).toEqual((await fit(ratings)).save());
  });

  test('scoring others in between changes nothing, and nobody known of is scored too', async () => {
    const model = await fit(ratings);
    const first = scoresOf(model, newcomer);
    const nothing = tasteFrom([], ratings.items).taste;
    expect(scoresOf(model, nothing).every(Number.isFinite)).toBe(true);
    expect(scoresOf(model, newcomer)).toEqual(first);
  });

  test('similar items are others, best first', async () => {
    const similar = (await fit(ratings)).similar(4, 5);
    if (!similar) return;
    expect(similar.length).toBeGreaterThan(0);
    expect(similar.length).toBeLessThanOrEqual(5);
    expect(similar.map(({ item }) => item)).not.toContain(4);
    const similarities = similar.map(({ similarity }) => similarity);
    expect(similarities).toEqual(similarities.toSorted((a, b) => b - a));
  });

  test.each([
    ['one user', fromMatrix([[5, 3, 0, 1]])],
    ['one item', fromMatrix([[5], [3], [0], [1]])],
    ['one user of one item', fromMatrix([[4]])],
    ['values all equal', fromMatrix(Array.from({ length: 6 }, (_, u) => [3, 0, 3, u % 2 ? 3 : 0]))],
    [
      'an item and a user without events',
      fromMatrix([
        [5, 0, 3],
        [1, 0, 2],
        [0, 0, 0],
      ]),
    ],
  ])('%s: fits with finite scores, or says why not', async (_name, few) => {
    let model: Recommender;
    try {
      model = await fit(few);
    } catch (error) {
      expect(error).toBeInstanceOf(StudioError);
      expect(error).toHaveProperty('code', 'bad-config');
      return;
    }
    for (let user = 0; user < few.users; user++)
      expect(scoresOf(model, tasteOf(few, user)).every(Number.isFinite)).toBe(true);
  });

  test('no events at all are refused', async () => {
    await expect(fit(fromMatrix([[0, 0]]))).rejects.toThrow('There are no events to learn from');
  });
});

describe('ease', () => {
  test('is the matrix inverse, with nothing on its diagonal', async () => {
    const { items } = ratings;
    const lambda: number = 5;
    const matrix = Array.from({ length: items }, (_, i) =>
      Array.from({ length: items }, (__, j) => (i === j ? lambda : 0)),
    );
    for (let user = 0; user < ratings.users; user++) {
      const { items: had, values } = tasteOf(ratings, user);
      had.forEach((i, a) => {
        had.forEach((j, b) => {
          const row = matrix[i];
          if (row) row[j] = (row[j] ?? 0) + (values[a] ?? 0) * (values[b] ?? 0);
        });
      });
    }
    const inverse = gaussJordan(matrix);
    const model = await methods.ease.fit(ratings, { regularization: lambda }, fitContext, null);
    const { weights } = model.save().arrays;
    for (let i = 0; i < items; i++)
      for (let j = 0; j < items; j++) {
        const expected = i === j ? 0 : -(inverse[i]?.[j] ?? NaN) / (inverse[j]?.[j] ?? NaN);
        expect(weights?.[i * items + j]).toBeCloseTo(expected, 6);
      }
  });
});

/** Inverts by elimination with pivots: slow, and nothing like what it is compared with. */
function gaussJordan(matrix: number[][]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((__, j) => Number(i === j))]);
  for (let column = 0; column < n; column++) {
    const candidates = rows.slice(column);
    const pivot = candidates.reduce((best, row) =>
      Math.abs(row[column] ?? 0) > Math.abs(best[column] ?? 0) ? row : best,
    );
    rows.splice(rows.indexOf(pivot), 1);
    const scaled = pivot.map((value) => value / (pivot[column] ?? NaN));
    rows.splice(column, 0, scaled);
    rows.forEach((row, i) => {
      if (i === column) return;
      const factor = row[column] ?? 0;
      rows[i] = row.map((value, j) => value - factor * (scaled[j] ?? 0));
    });
  }
  return rows.map((row) => row.slice(n));
}

describe('ials', () => {
  const settings = { factors: 6, alpha: 2, regularization: 3, epochs: 12 };

  test('its objective never rises', async () => {
    const losses: number[] = [];
    const breathe = ({ loss }: FitProgress) => {
      if (loss !== undefined && loss !== losses.at(-1)) losses.push(loss);
      return Promise.resolve();
    };
    await methods.ials.fit(ratings, settings, { seed: 3, breathe }, null);
    expect(losses).toHaveLength(settings.epochs);
    losses.forEach((loss, i) => {
      if (i > 0) expect(loss).toBeLessThanOrEqual((losses[i - 1] ?? 0) * (1 + 1e-6));
    });
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.98);
  });

  test('the objective is the sum over all pairs', async () => {
    const few = fromMatrix([
      [2, 0],
      [0, 1],
    ]);
    const x = Float32Array.of(0.5, 1);
    const y = Float32Array.of(1, -0.5);
    const scores = [0.5, -0.25, 1, -0.5];
    const expected =
      5 * (1 - 0.5) ** 2 +
      (scores[1] ?? 0) ** 2 +
      (scores[2] ?? 0) ** 2 +
      3 * (1 + 0.5) ** 2 +
      0.1 * (0.25 + 1 + 1 + 0.25);
    const confidence = { alpha: 2, regularization: 0.1 };
    const found = await objective(
      few,
      x,
      y,
      1,
      confidence,
      fitContext.breathe.bind(null, { done: 1 }),
    );
    expect(found).toBeCloseTo(expected, 5);
  });

  test('who carries the history of someone trained on scores within .1 of them', async () => {
    const random = new Random(5);
    const { factors } = settings;
    const y = Float32Array.from({ length: ratings.items * factors }, () => 0.01 * random.normal());
    const x = new Float32Array(ratings.users * factors);
    const solver = new RowSolver(factors, settings);
    const noBreath = () => Promise.resolve();
    for (let sweep = 0; sweep < settings.epochs; sweep++) {
      await solveSide(ratings, y, x, solver, noBreath);
      await solveSide(transpose(ratings), x, y, solver, noBreath);
    }
    const { alpha, regularization } = settings;
    const model = methods.ials.open({
      method: 'ials',
      settings: { factors, alpha, regularization },
      arrays: { y },
    });
    for (let user = 0; user < ratings.users; user++)
      scoresOf(model, tasteOf(ratings, user)).forEach((score, item) => {
        let trained = 0;
        for (let f = 0; f < factors; f++)
          trained += (x[user * factors + f] ?? 0) * (y[item * factors + f] ?? 0);
        expect(Math.abs(score - trained)).toBeLessThan(0.1);
      });
  });

  test('negative counts are refused', async () => {
    await expect(
      fitRecommender(methods.ials, fromMatrix([[1, -2]]), settings, fitContext),
    ).rejects.toThrow('-2 is less than never: use biased-mf');
  });
});

describe('neighbours', () => {
  const small = fromMatrix([
    [5, 3, 0],
    [4, 0, 2],
    [1, 1, 5],
  ]);

  test('cosine with shrinkage, by hand', async () => {
    const settings = { ...methods['item-knn'].defaults, shrinkage: 10 };
    const model = await methods['item-knn'].fit(small, settings, fitContext, null);
    const cosine01 = (15 + 1) / (Math.sqrt(42) * Math.sqrt(10) + 10);
    const cosine02 = (8 + 5) / (Math.sqrt(42) * Math.sqrt(29) + 10);
    expect(model.similar(0, 5)).toEqual([
      { item: 1, similarity: Math.fround(cosine01) },
      { item: 2, similarity: Math.fround(cosine02) },
    ]);
    const { taste } = tasteFrom([{ item: 0, value: 2 }], 3);
    expect(scoresOf(model, taste)[1]).toBeCloseTo(2 * cosine01, 6);
  });

  test("adjusted cosine takes off each person's mean: 4 and 3 of a mean of 4 agree with 2 and 1 of 2", async () => {
    const settings = { ...methods['item-knn'].defaults, similarity: 'adjusted-cosine' } as const;
    const model = await methods['item-knn'].fit(small, settings, fitContext, null);
    // Deviations by item: [1, 1, −4/3], [−1, ·, −4/3], [·, −1, 8/3].
    const dot = -1 + 16 / 9;
    const norms = Math.sqrt(1 + 1 + 16 / 9) * Math.sqrt(1 + 16 / 9);
    expect(model.similar(0, 5)?.[0]?.item).toBe(1);
    expect(model.similar(0, 5)?.[0]?.similarity).toBeCloseTo(dot / norms, 6);
    expect(model.similar(0, 5)).toHaveLength(1); // the other one is negative
  });

  test('a person is no neighbour of their own', async () => {
    const model = await methods['user-knn'].fit(
      small,
      methods['user-knn'].defaults,
      fitContext,
      null,
    );
    const own = model.reasons(tasteOf(small, 0), 0).parts.map(({ index }) => index);
    expect(own.sort()).toEqual([1, 2]);
  });

  test('adjusted cosine of values all equal is refused, with what to use', async () => {
    const settings = { ...methods['item-knn'].defaults, similarity: 'adjusted-cosine' } as const;
    await expect(
      fitRecommender(methods['item-knn'], fromMatrix([[1, 1]]), settings, fitContext),
    ).rejects.toThrow('use cosine');
  });
});

test('what would take too much memory is refused before it starts, with how much and what instead', async () => {
  const wide: Interactions = { ...fromMatrix([[1]]), items: 1e6 };
  await expect(
    fitRecommender(methods['item-knn'], wide, methods['item-knn'].defaults, fitContext),
  ).rejects.toThrow(
    'item-knn of 1 users and 1000000 items would take 0.83 GB of memory, more than the 0.75 GB there are: use ials or bpr, which take less, leave out the 999999 items without events, or leave out items with few events',
  );
  await expect(
    fitRecommender(methods.ease, wide, methods.ease.defaults, fitContext),
  ).rejects.toThrow('would take 12,000 GB');
  await expect(
    fitRecommender(methods.ials, wide, { ...methods.ials.defaults, factors: 512 }, fitContext),
  ).rejects.toThrow(
    'use fewer factors, leave out the 999999 items without events, or leave out items',
  );
});

test('a cancelled fit ends', async () => {
  const stop = {
    seed: 1,
    breathe: () => Promise.reject(new StudioError('cancelled', 'Cancelled')),
  };
  for (const id of ['biased-mf', 'bpr', 'ials', 'user-item-bias'] as const) {
    const method = anyMethod(id);
    await expect(method.fit(ratings, method.defaults, stop, null)).rejects.toThrow('Cancelled');
  }
});

test('of a taste the last word on an item counts, and what is unknown is left out and counted', () => {
  const { taste, unknown } = tasteFrom(
    [
      { item: 7, value: 1 },
      { item: 2, value: 3, time: 5 },
      { item: 7, value: 4 },
      { item: 10, value: 5 },
      { item: -1, value: 5 },
      { item: 1.5, value: 5 },
      { item: 3, value: NaN },
    ],
    10,
  );
  expect(unknown).toBe(4);
  expect(taste).toEqual({
    items: Uint32Array.of(2, 7),
    values: Float32Array.of(3, 4),
    times: Float64Array.of(5, NaN),
  });
});

describe('two tastes', () => {
  /** People like the first ten items (5) and not the others (1), or the other way round; each rates about half. */
  const random = new Random(11);
  const two = fromMatrix(
    Array.from({ length: 60 }, (_, user) =>
      Array.from({ length: 20 }, (__, item) => {
        const isLiked = item < 10 === user < 30;
        if (random.uniform() < 0.5) return 0;
        return isLiked ? 5 : 1;
      }),
    ),
  );
  /** Only what was liked, as events. */
  const liked: Interactions = fromMatrix(
    Array.from({ length: two.users }, (_, user) => {
      const { items, values } = tasteOf(two, user);
      return Array.from({ length: 20 }, (__, item) => Number(values[items.indexOf(item)] === 5));
    }),
  );
  const personal = Object.entries(contestants).filter(
    ([name]) => !['most-popular', 'item-mean', 'user-item-bias'].includes(name),
  );

  test.each(personal)('%s folds in who is new by their own taste', async (name, fit) => {
    const isRated = name === 'biased-mf' || name.includes('average') || name.includes('adjusted');
    const model = await (name === 'biased-mf'
      ? methods['biased-mf'].fit(
          two,
          { ...methods['biased-mf'].defaults, epochs: 200 },
          fitContext,
          null,
        )
      : name === 'bpr'
        ? methods.bpr.fit(liked, methods.bpr.defaults, fitContext, null)
        : fit(isRated ? two : liked));
    for (const offset of [0, 10]) {
      const entries = [0, 3, 7].map((item) => ({ item: item + offset, value: isRated ? 5 : 1 }));
      if (isRated) entries.push({ item: (offset + 12) % 20, value: 1 });
      const scores = scoresOf(model, tasteFrom(entries, 20).taste);
      const mean = (from: number) => scores.slice(from, from + 10).reduce((a, b) => a + b) / 10;
      expect(mean(offset)).toBeGreaterThan(mean(10 - offset) + 0.05);
    }
  });
});

test("a newcomer's bias is their damped mean deviation", async () => {
  const method = methods['user-item-bias'];
  const model = await method.fit(ratings, method.defaults, fitContext, null);
  const nobody = scoresOf(model, tasteFrom([], ratings.items).taste);
  const scores = scoresOf(model, newcomer);
  let deviations = 0;
  newcomer.items.forEach((item, n) => {
    deviations += (newcomer.values[n] ?? NaN) - (nobody[item] ?? NaN);
  });
  expect((scores[0] ?? NaN) - (nobody[0] ?? NaN)).toBeCloseTo(deviations / (15 + 3), 5);
});

describe.each(['biased-mf', 'bpr'] as const)('%s', (id) => {
  const method = anyMethod(id);
  const settings = { ...method.defaults, factors: 5 };

  test('knows who it was trained on by their events alone, and keeps nobody', async () => {
    const model = await method.fit(ratings, settings, fitContext, null);
    expect(Object.keys(model.save().arrays).sort()).toEqual(['biases', 'q']);
    const known = tasteOf(ratings, 3);
    const { items, values } = known;
    const own = scoresOf(model, known);
    expect(scoresOf(model, { items: items.slice(), values: values.slice(), times: null })).toEqual(
      own,
    );
    const fewer = { items: items.slice(1), values: values.slice(1), times: null };
    expect(scoresOf(model, { ...fewer, user: 3 })).not.toEqual(own);
  });

  test('after an epoch is measured by what training has for people', async () => {
    let tested = 0;
    const context = {
      ...fitContext,
      onEpoch(_: number, model: Recommender, save: () => FitState, measured?: Recommender) {
        const { p, q = [], itemBiases, biases = itemBiases, userBiases } = save().arrays;
        if (!measured) throw new Error('Nothing to measure by');
        const scores = scoresOf(measured, tasteOf(ratings, 3));
        const expected = (item: number) => {
          let sum = (biases?.[item] ?? NaN) + (userBiases?.[3] ?? 0);
          for (let f = 0; f < 5; f++) sum += (p?.[3 * 5 + f] ?? NaN) * (q[item * 5 + f] ?? NaN);
          return sum;
        };
        // Beside what is the same for all items.
        for (const item of [1, 7])
          expect((scores[item] ?? 0) - (scores[0] ?? 0)).toBeCloseTo(
            expected(item) - expected(0),
            4,
          );
        expect(scores).not.toEqual(scoresOf(model, tasteOf(ratings, 3)));
        tested++;
        return Promise.resolve();
      },
    };
    await method.fit(ratings, { ...settings, epochs: 4 }, context, null);
    expect(tested).toBe(4);
  });

  test('opens a model of before, which kept people, and scores as the same without them', async () => {
    const model = await method.fit(ratings, settings, fitContext, null);
    const { arrays, ...saved } = model.save();
    const before = {
      ...saved,
      arrays: {
        ...{ ...arrays, p: new Float32Array(5 * ratings.users).fill(9) },
        histories: new Uint32Array(2 * ratings.users),
        ...(id === 'biased-mf' && { userBiases: new Float32Array(ratings.users).fill(9) }),
      },
    };
    const opened = method.open(before);
    for (const taste of [tasteOf(ratings, 3), newcomer])
      expect(scoresOf(opened, taste)).toEqual(scoresOf(model, taste));
  });
});

test.each([
  ['ease', { regularization: 0 }, 'regularization: 0 is not above 0'],
  ['item-knn', { neighbours: 0 }, 'neighbours: 0 is not a whole number from 1'],
  ['user-knn', { shrinkage: -1 }, 'shrinkage: -1 is not a number from 0'],
  ['pure-svd', { factors: 1.5 }, 'factors: 1.5 is not a whole number from 1'],
  ['biased-mf', { learningRate: NaN }, 'learningRate: NaN is not above 0'],
  ['bpr', { epochs: 0 }, 'epochs: 0 is not a whole number from 1'],
  ['item-mean', { damping: -2 }, 'damping: -2 is not a number from 0'],
] as const)('%s refuses %j by name', async (id, changes, message) => {
  const method = anyMethod(id);
  const attempt = async () =>
    method.fit(ratings, { ...method.defaults, ...changes }, fitContext, null);
  await expect(attempt()).rejects.toThrow(message);
});
