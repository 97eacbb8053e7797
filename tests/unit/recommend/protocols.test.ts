import { describe, expect, test } from 'vitest';
import { buildInteractions } from '../../../src/recommend/build-interactions.ts';
import { tasteOf, type Interactions } from '../../../src/recommend/interactions.ts';
import type { Recommender } from '../../../src/recommend/recommender.ts';
import { compareSplits } from '../../../src/recommend/ranking/compare-splits.ts';
import { evaluateRanking } from '../../../src/recommend/ranking/evaluate-ranking.ts';
import {
  compareSampling,
  placeAmong,
  swappedPairs,
} from '../../../src/recommend/ranking/sampled-metrics.ts';
import { splitInteractions } from '../../../src/recommend/split-interactions.ts';
import { Random } from '../../../src/lib/random.ts';
import { randomInteractions } from '../../support/small-interactions.ts';

/** Scores by a fixed table: [users, items] rows found by the user's known items. */
function fixedScores(items: number, seed: number): Recommender {
  return {
    items,
    score(taste, out) {
      const random = new Random(seed + (taste.items[0] ?? 0) * 31 + taste.items.length);
      out.forEach((_, item) => (out[item] = random.integer(40))); // ties too
    },
    reasons: () => ({ parts: [], isExact: false }),
    similar: () => null,
    vectors: () => null,
    predictsValues: false,
    save: () => ({ method: 'fixed', settings: {}, arrays: {} }),
  };
}

const lastOut = (events: Interactions) =>
  splitInteractions(
    { ...events, times: Float64Array.from(events.indices) },
    { type: 'leave-last-out', validation: false },
  );

/** Probability that k of m draws without replacement out of n are among the `marked`. */
function hypergeometric(k: number, m: number, marked: number, n: number): number {
  const choose = (a: number, b: number) => {
    if (b < 0 || b > a) return 0;
    let ways = 1;
    for (let i = 1; i <= b; i++) ways = (ways * (a - b + i)) / i;
    return ways;
  };
  return (choose(marked, k) * choose(n - marked, m - k)) / choose(n, m);
}

describe('sampled metrics', () => {
  const events = randomInteractions(30, 60, 0.2, 3);
  const model = fixedScores(60, 5);

  test('with one wanted item the full figures are those of full ranking', async () => {
    const { train, test: held } = lastOut(events);
    const ranking = await evaluateRanking(model, train, held);
    const { full, people } = await compareSampling(model, train, held, { negatives: 5, seed: 1 });
    expect(people).toBe(ranking.users.length);
    expect(full.ndcgAt10).toBeCloseTo(ranking.metrics.ndcgAt10, 6);
    expect(full.hitAt10).toBeCloseTo(ranking.metrics.hitAt10, 6);
  });

  test('against all that there are the sampled figures are the full ones', async () => {
    const parts = splitInteractions(events, { type: 'random', validation: 0, test: 0.3, seed: 1 });
    const found = await compareSampling(model, parts.train, parts.test, {
      ...{ negatives: 1000, seed: 1 },
    });
    expect(found.people).toBe(30);
    expect(found.full.ndcgAt10).toBeGreaterThan(0);
    expect(found.sampled).toEqual(found.full);
    expect(found.perUser.sampled).toEqual(found.perUser.full);
  });

  test('over many draws the mean is what the hypergeometric distribution says', async () => {
    const negatives = 12;
    const { train, test: held } = splitInteractions(events, {
      ...{ type: 'random', validation: 0, test: 0.3, seed: 2 },
    });
    // By hand: each wanted item's place among all, and from it the chance of each place in the sample.
    let expected = 0;
    let people = 0;
    const scores = new Float32Array(60);
    for (let user = 0; user < 30; user++) {
      const had = tasteOf(train, user);
      const wanted = [...tasteOf(held, user).items];
      if (wanted.length === 0) continue;
      people++;
      model.score(had, scores);
      const others = [...scores.keys()].filter(
        (i) => !had.items.includes(i) && !wanted.includes(i),
      );
      for (const item of wanted) {
        const ahead = others.filter(
          (other) =>
            (scores[other] ?? 0) > (scores[item] ?? 0) ||
            (scores[other] === scores[item] && other < item),
        ).length;
        for (let k = 0; k < 10; k++)
          expected +=
            hypergeometric(k, negatives, ahead, others.length) / Math.log2(k + 2) / wanted.length;
      }
    }
    expected /= people;
    let sum = 0;
    const draws = 300;
    for (let seed = 0; seed < draws; seed++) {
      const options = { negatives, seed: 1000 * seed };
      sum += (await compareSampling(model, train, held, options)).sampled.ndcgAt10;
    }
    // Some 120 wanted items, 300 draws: the standard error is about 0.001.
    expect(sum / draws).toBeCloseTo(expected, 2);
    const { full } = await compareSampling(model, train, held, { negatives, seed: 1 });
    expect(expected).toBeGreaterThan(full.ndcgAt10 + 0.1); // or the test would say nothing
  });

  test('of many people an even sample is measured', async () => {
    const { train, test: held } = lastOut(events);
    const options = { negatives: 5, seed: 1, mostPeople: 10 };
    expect((await compareSampling(model, train, held, options)).people).toBe(10);
  });

  test('an item without a score comes last, equal ones by their number', () => {
    const scores = Float32Array.of(1, 2, 2, Number.NaN, 3);
    const others = (...items: number[]) => Uint32Array.from(items);
    expect(placeAmong(scores, 2, others(0, 1, 3, 4))).toBe(3);
    expect(placeAmong(scores, 1, others(0, 2, 3, 4))).toBe(2);
    expect(placeAmong(scores, 3, others(0, 1))).toBe(3);
  });

  test('pairs that turn round are told, ties are not', () => {
    expect(swappedPairs([0.3, 0.2, 0.2, 0.1], [0.5, 0.6, 0.5, 0.4])).toEqual([
      { better: 0, worse: 1 },
    ]);
  });
});

describe('splits', () => {
  /** Items go out of fashion: person u acts at times around u, with items around u. */
  function drifting(withTimes: boolean) {
    const random = new Random(4);
    const rows = Array.from({ length: 1500 }, (_, i) => ({
      user: random.integer(60),
      item: Math.min(49, Math.floor(i / 30) + random.integer(4)),
      time: 1e12 + i,
    }));
    return buildInteractions(
      {
        users: Uint32Array.from(rows, ({ user }) => user),
        items: Uint32Array.from(rows, ({ item }) => item),
        values: null,
        times: withTimes ? Float64Array.from(rows, ({ time }) => time) : null,
      },
      { users: 60, items: 50 },
      'last',
    );
  }

  test('what drifts looks better at random, which sees later events, than by time, which doesn’t', async () => {
    const shares: number[] = [];
    const [random, temporal] = await compareSplits(
      drifting(true),
      { test: 0.2, seed: 1, likedFrom: null },
      (done) => {
        shares.push(done);
        return Promise.resolve();
      },
    );
    if (!random || !temporal) throw new Error('both splits were asked for');
    expect(random.split).toBe('random');
    expect(random.lookAhead.samePerson).toBeGreaterThan(0.8);
    expect(temporal.lookAhead).toEqual({ samePerson: 0, anyone: 0 });
    expect(random.methods.map(({ method }) => method)).toEqual(['most-popular', 'item-knn']);
    expect(random.methods[1]?.ndcgAt10).toBeGreaterThan(2 * (temporal.methods[1]?.ndcgAt10 ?? 1));
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  test('without times there is only the random split', async () => {
    const found = await compareSplits(drifting(false), { test: 0.2, seed: 1, likedFrom: null });
    expect(found.map(({ split }) => split)).toEqual(['random']);
    expect(found[0]?.newcomers).toBe(0);
  });
});
