import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../src/lib/parts.ts';
import { Random } from '../../../src/lib/random.ts';
import { buildInteractions } from '../../../src/recommend/build-interactions.ts';
import { tasteOf } from '../../../src/recommend/interactions.ts';
import { method as ease } from '../../../src/recommend/methods/ease/method.ts';
import { method as itemMean } from '../../../src/recommend/methods/item-mean/method.ts';
import { method as mostPopular } from '../../../src/recommend/methods/most-popular/method.ts';
import { gini } from '../../../src/recommend/ranking/concentration.ts';
import { liked } from '../../../src/recommend/liked.ts';
import { compareSampling } from '../../../src/recommend/ranking/sampled-metrics.ts';
import { evaluateRanking } from '../../../src/recommend/ranking/evaluate-ranking.ts';
import { evaluateValues } from '../../../src/recommend/ranking/evaluate-values.ts';
import { meanInterval, pairedDifference } from '../../../src/recommend/ranking/intervals.ts';
import { listMetrics } from '../../../src/recommend/ranking/list-metrics.ts';
import { ListQuality } from '../../../src/recommend/ranking/list-quality.ts';
import { sliceByActivity, sliceByPopularity } from '../../../src/recommend/ranking/slices.ts';
import { noItem, topItems } from '../../../src/recommend/ranking/top-items.ts';
import type { Recommender } from '../../../src/recommend/recommender.ts';
import { splitInteractions } from '../../../src/recommend/split-interactions.ts';
import { fitContext, fromMatrix, randomInteractions } from '../../support/small-interactions.ts';

test('the top are those that a sort gives, ties to the lower item, what was seen left out', () => {
  const scores = fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(NaN)), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(scores, fc.integer({ min: 0, max: 12 }), fc.integer(), (list, places, seed) => {
      const random = new Random(seed);
      const seen = Uint32Array.from(list.keys()).filter(() => random.uniform() < 0.3);
      const out = new Uint32Array(places);
      topItems(Float32Array.from(list), seen, out);
      const sorted = [...list.keys()]
        .filter((item) => !seen.includes(item) && !Number.isNaN(list[item]))
        .sort((a, b) => (list[b] ?? 0) - (list[a] ?? 0) || a - b)
        .slice(0, places);
      expect([...out].filter((item) => item !== noItem)).toEqual(sorted);
    }),
  );
});

describe('metrics of one list', () => {
  test('by hand: hits at places 1, 3 and 4 of 5 relevant', () => {
    const found = listMetrics(Uint32Array.of(7, 2, 9, 4, 1, 3), Uint32Array.of(3, 4, 7, 8, 9), 5);
    const at = (place: number) => 1 / Math.log2(place + 1);
    expect(found.ndcg).toBeCloseTo(
      (at(1) + at(3) + at(4)) / (at(1) + at(2) + at(3) + at(4) + at(5)),
      12,
    );
    expect(found.recall).toBeCloseTo(3 / 5, 12);
    expect(found.precision).toBeCloseTo(3 / 5, 12);
    expect(found.map).toBeCloseTo((1 + 2 / 3 + 3 / 4) / 5, 12);
    expect(found.mrr).toBe(1);
    expect(found.hit).toBe(1);
  });

  test('all lie in [0, 1], 1 is a perfect list, and an earlier hit is never worse', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 21 }),
        fc.integer(),
        (items, seed) => {
          const random = new Random(seed);
          const list = Uint32Array.from(items.slice(0, 20));
          const relevant = Uint32Array.from(items.filter(() => random.uniform() < 0.3)).sort();
          fc.pre(relevant.length > 0);
          const found = listMetrics(list, relevant, 10);
          for (const value of Object.values(found)) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1 + 1e-12);
          }
          const perfect = listMetrics(relevant, relevant, 10);
          expect(perfect.ndcg).toBeCloseTo(1, 12);
          expect(perfect.map).toBeCloseTo(1, 12);
          const hit = list.findIndex((item, place) => place > 0 && relevant.includes(item));
          if (hit < 1) return;
          const earlier = list.slice();
          [earlier[hit - 1], earlier[hit]] = [list[hit] ?? 0, list[hit - 1] ?? 0];
          const better = listMetrics(earlier, relevant, 10);
          for (const kind of ['ndcg', 'map', 'mrr', 'recall', 'precision', 'hit'] as const)
            expect(better[kind]).toBeGreaterThanOrEqual(found[kind] - 1e-12);
        },
      ),
    );
  });
});

test('gini: 0 of equal shares, (n − 1)/n where one has all', () => {
  expect(gini(Uint32Array.of(3, 3, 3, 3))).toBe(0);
  expect(gini(Uint32Array.of(0, 12, 0, 0))).toBe(3 / 4);
  expect(gini(Uint32Array.of(0, 0))).toBe(0);
});

test('novelty is self-information, diversity 1 − the mean cosine of pairs', () => {
  const measuring = ListQuality.of(
    fromMatrix([
      [1, 1, 0, 0],
      [1, 1, 0, 0],
      [1, 0, 2, 0],
      [1, 0, 0, 0],
    ]),
  );
  const quality = atOnce(measuring);
  expect(quality.novelty(Uint32Array.of(0, 1, 2, 3), 4)).toBeCloseTo((0 + 1 + 2 + 2) / 4, 12);
  // A value of 2 counts as having it: the measure is the same for models that learn from values.
  const cosines = { ab: 2 / Math.sqrt(8), ac: 1 / Math.sqrt(4) };
  expect(quality.diversity(Uint32Array.of(0, 1, 2, noItem), 4)).toBeCloseTo(
    1 - (cosines.ab + cosines.ac) / 3,
    12,
  );
  expect(quality.diversity(Uint32Array.of(1), 4)).toBeNaN();
});

const train = fromMatrix([
  [1, 1, 0, 0, 0],
  [1, 0, 1, 0, 0],
  [1, 0, 0, 0, 0],
  [0, 1, 1, 1, 0],
]);
const wanted = fromMatrix([
  [0, 0, 1, 0, 0],
  [0, 1, 0, 0, 1],
  [0, 0, 0, 0, 0],
  [1, 0, 0, 0, 0],
]);

describe('full ranking', () => {
  test('ranks what each has not had, for those only who have something to find', async () => {
    const model = await mostPopular.fit(train, {}, fitContext, null);
    const { users, lists, perUser, metrics } = await evaluateRanking(model, train, wanted);
    expect([...users]).toEqual([0, 1, 3]);
    expect([...lists.slice(0, 4)]).toEqual([2, 3, 4, noItem]);
    expect([...lists.slice(20, 24)]).toEqual([1, 3, 4, noItem]);
    expect([...perUser.hitAt5]).toEqual([1, 1, 1]);
    expect(metrics.recallAt10).toBe(1);
    expect(metrics.coverageAt10).toBe(1);
  });

  test('what was had and isn’t liked is neither learned from nor listed', async () => {
    const ratings = fromMatrix([
      [5, 1, 0, 0, 0],
      [4, 0, 5, 0, 0],
      [5, 0, 0, 0, 0],
      [0, 4, 5, 2, 0],
    ]);
    const known = liked(ratings, 4);
    expect(known.values.length).toBe(6);
    const model = await mostPopular.fit(known, {}, fitContext, null);
    const { lists } = await evaluateRanking(model, known, wanted, undefined, {
      seen: ratings,
    });
    expect([...lists.slice(0, 4)]).toEqual([2, 3, 4, noItem]);
    const { lists: withDisliked } = await evaluateRanking(model, known, wanted);
    expect([...withDisliked.slice(0, 4)]).toEqual([2, 1, 3, 4]);
    const sampling = { negatives: 9, seed: 1 };
    const { full } = await compareSampling(model, known, wanted, { ...sampling, seen: ratings });
    expect(full.hitAt10).toBe(1);
    expect(liked(ratings, null)).toBe(ratings);
    expect(liked(ratings, 6).starts).toEqual(new Uint32Array(5));
  });

  test('a model that scores many at a time gives the lists that a sort of its scores one by one gives', async () => {
    const all = randomInteractions(90, 70, 0.2, 4);
    const split = splitInteractions(all, { type: 'random', validation: 0, test: 0.3, seed: 2 });
    const model = await ease.fit(split.train, { regularization: 5 }, fitContext, null);
    expect('scoreMany' in model).toBe(true);
    const { users, lists } = await evaluateRanking(model, split.train, split.test);
    const scores = new Float32Array(70);
    users.forEach((user, row) => {
      const taste = tasteOf(split.train, user);
      model.score(taste, scores);
      const sorted = Array.from(scores.keys())
        .filter((item) => !taste.items.includes(item))
        .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
      expect([...lists.slice(row * 20, row * 20 + 20)]).toEqual(sorted.slice(0, 20));
    });
  });

  test('whoever is scored in which batch, everyone gets their own list', async () => {
    const items = 4_000_000; // three people a batch
    const known = buildInteractions(
      {
        users: Uint32Array.of(0, 1, 2, 3, 4, 5, 6),
        items: Uint32Array.of(10, 20, 30, 40, 50, 60, 70),
        ...{ values: null, times: null },
      },
      { users: 7, items },
      'last',
    );
    const wantedNext = { ...known, indices: known.indices.map((item) => item + 1) };
    const batches: number[] = [];
    const model: Recommender = {
      ...(await mostPopular.fit(known, {}, fitContext, null)),
      items,
      *scoreMany(tastes, out) {
        batches.push(tastes.length);
        out.fill(0);
        tastes.forEach((taste, n) => (out[n * items + (taste.items[0] ?? 0) + 1] = 1));
        yield 1;
      },
    };
    const { perUser } = await evaluateRanking(model, known, wantedNext);
    expect(batches).toEqual([3, 3, 1]);
    expect([...perUser.mrrAt5]).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  test('breathing can stop it', async () => {
    const model = await mostPopular.fit(train, {}, fitContext, null);
    const slow = {
      ...model,
      items: 5,
      score: () => {
        for (const from = performance.now(); performance.now() - from < 25;);
      },
    };
    const stop = () => Promise.reject(new Error('stopped'));
    await expect(evaluateRanking(slow, train, wanted, stop)).rejects.toThrow('stopped');
  });

  test('slices say for whom it works and which items it finds', async () => {
    const model = await mostPopular.fit(train, {}, fitContext, null);
    const evaluation = await evaluateRanking(model, train, wanted);
    expect(sliceByActivity(evaluation, train, 'recallAt10', 2)).toEqual([
      { events: [2, 2], people: 2, value: 1 },
      { events: [3, 3], people: 1, value: 1 },
    ]);
    const slices = sliceByPopularity(evaluation, train, wanted, 1);
    expect(slices.map(({ name, items, wanted: count }) => [name, items, count])).toEqual([
      ['head', 2, 2],
      ['middle', 1, 1],
      ['tail', 2, 1],
    ]);
    expect(slices.map(({ recall }) => recall)).toEqual([1, 1, 0]);
    expect(slices.map(({ events }) => events)).toEqual([
      [2, 3],
      [2, 2],
      [0, 1],
    ]);
  });
});

describe('predicted ratings', () => {
  const ratings = fromMatrix([
    [5, 3, 0],
    [4, 0, 1],
  ]);
  const hidden = fromMatrix([
    [0, 0, 3],
    [0, 2, 0],
  ]);

  test('errors of the item mean, by hand', async () => {
    const model = await itemMean.fit(ratings, { damping: 0 }, fitContext, null);
    const { rmse, mae, count } = await evaluateValues(model, ratings, hidden);
    expect(rmse).toBeCloseTo(Math.sqrt((4 + 1) / 2), 6);
    expect(mae).toBeCloseTo(1.5, 6);
    expect(count).toBe(2);
  });

  test('damping draws an item towards the mean of all, which an item without ratings has', async () => {
    const withCold = fromMatrix([[5, 3, 0]]);
    const model = await itemMean.fit(withCold, { damping: 2 }, fitContext, null);
    const scores = new Float32Array(3);
    model.score({ items: new Uint32Array(), values: new Float32Array(), times: null }, scores);
    expect([...scores]).toEqual([Math.fround(13 / 3), Math.fround(11 / 3), 4]);
  });

  test('a model that only ranks predicts none', async () => {
    const model = await mostPopular.fit(ratings, {}, fitContext, null);
    await expect(evaluateValues(model, ratings, hidden)).rejects.toThrow(
      'This method ranks, it predicts no ratings',
    );
  });
});

describe('intervals', () => {
  test('one of the mean is about ±1.96 standard errors, of few people and of very many', () => {
    const random = new Random(3);
    for (const people of [400, 20_000]) {
      const values = Float32Array.from({ length: people }, () => random.normal() + 5);
      const mean = values.reduce((a, b) => a + b) / people;
      const [low = NaN, high = NaN] = meanInterval(values, 1) ?? [];
      const error = 1 / Math.sqrt(people);
      expect(Math.abs((mean - low) / error - 1.96)).toBeLessThan(0.25);
      expect(Math.abs((high - mean) / error - 1.96)).toBeLessThan(0.25);
    }
    expect(meanInterval(Float32Array.of(1, 2, 3), 1)).toBeNull();
  });

  test('pairing sees a small difference that two separate intervals would hide', () => {
    const random = new Random(4);
    const b = Float32Array.from({ length: 200 }, () => random.normal());
    const a = b.map((value) => value + 0.05 + 0.01 * random.normal());
    const { difference, interval, people } = pairedDifference(a, b, 1);
    expect(difference).toBeCloseTo(0.05, 2);
    expect(interval?.[0]).toBeGreaterThan(0.04);
    expect(interval?.[1]).toBeLessThan(0.06);
    expect(people).toBe(200);
    const [low = NaN, high = NaN] = meanInterval(a, 1) ?? [];
    expect(high - low).toBeGreaterThan(0.2);
  });

  test('who has no figure is left out', () => {
    const some = Float32Array.from({ length: 30 }, (_, i) => (i % 2 ? NaN : 2));
    expect(pairedDifference(some, new Float32Array(30), 1)).toEqual({
      difference: 2,
      interval: [2, 2],
      people: 15,
    });
  });
});

test('per-user values average to the figures', async () => {
  const all = randomInteractions(30, 40, 0.3, 9);
  const rest = randomInteractions(30, 40, 0.1, 10);
  const model = await mostPopular.fit(all, {}, fitContext, null);
  const { perUser, metrics, users } = await evaluateRanking(model, all, rest);
  const mean = perUser.ndcgAt10.reduce((a, b) => a + b, 0) / users.length;
  expect(metrics.ndcgAt10).toBeCloseTo(mean, 6);
});
