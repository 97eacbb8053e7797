/** A list and the reasons of its places solve a person once, by what they hold and not by which arrays hold it. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Random } from '../../../src/lib/random.ts';
import { AskedRecommender } from '../../../src/recommend/asked-recommender.ts';
import { allMethods } from '../../../src/recommend/engine/methods.ts';
import type { Interactions, Taste } from '../../../src/recommend/interactions.ts';
import { LastPerson } from '../../../src/recommend/last-person.ts';
import { FactorSystem } from '../../../src/recommend/linear-algebra/factor-system.ts';
import type * as LinearScores from '../../../src/recommend/linear-scores.ts';
import { Hybrid } from '../../../src/recommend/methods/hybrid/recommender.ts';
import type * as TopItems from '../../../src/recommend/ranking/top-items.ts';
import type { Recommender, RecommenderMethod } from '../../../src/recommend/recommender.ts';
import type * as Forward from '../../../src/training/engine/kernels/planned-forward.ts';
import { listFor } from '../../../workers/recommend/list-for.ts';
import { fromMatrix, fitContext, randomInteractions } from '../../support/small-interactions.ts';

/** How often what takes the time of solving has happened. */
const calls = vi.hoisted(() => ({ dotRow: 0, topCandidates: 0, forward: 0 }));
vi.mock('../../../src/recommend/linear-scores.ts', async (original) => {
  const real = await original<typeof LinearScores>();
  return {
    ...real,
    dotRow: (...of: Parameters<typeof real.dotRow>) => (calls.dotRow++, real.dotRow(...of)),
  };
});
vi.mock('../../../src/recommend/ranking/top-items.ts', async (original) => {
  const real = await original<typeof TopItems>();
  const topCandidates: typeof real.topCandidates = (...of) => {
    calls.topCandidates++;
    return real.topCandidates(...of);
  };
  return { ...real, topCandidates };
});
vi.mock('../../../src/training/engine/kernels/planned-forward.ts', async (original) => {
  const real = await original<typeof Forward>();
  const createPlannedForward: typeof real.createPlannedForward = (...of) => {
    const forward = real.createPlannedForward(...of);
    return (
      forward && {
        ...forward,
        run(...given) {
          calls.forward++;
          return forward.run(...given);
        },
      }
    );
  };
  return { ...real, createPlannedForward };
});
afterEach(() => void vi.restoreAllMocks());

const known = randomInteractions(30, 40, 0.3, 5, 5);
const train: Interactions = { ...known, times: Float64Array.from(known.indices.keys()) };
const told = [4, 9, 17, 21, 33].map((item, n) => ({ item, value: n + 1 }));

async function fit(id: string, settings: object): Promise<Recommender> {
  // Each is given its own settings.
  const method = new Map(Object.entries(allMethods)).get(
    id,
  ) as unknown as RecommenderMethod<object>;
  return method.fit(train, { ...method.defaults, ...settings }, fitContext, null);
}

function ask(model: Recommender): AskedRecommender {
  const ids = (count: number) => Array.from({ length: count }, (_, i) => String(i));
  const nothing = fromMatrix(ids(train.users).map(() => ids(train.items).map(() => 0)));
  return new AskedRecommender(model, {
    table: {
      ...{ interactions: train, users: ids(train.users), items: ids(train.items) },
      ...{ hasValues: true, incomplete: 0, repeated: 0, likedFrom: null },
    },
    parts: { train, validation: nothing, test: nothing, seen: null },
    ...{ items: null, people: null, learnsValues: true },
    ...{ newUsers: [], eventItems: train.items },
  });
}

const modelOrder = { diversity: 0, popularity: 0, freshness: 0 };
/** As the worker does, which makes new arrays for each question. */
const list = (asked: AskedRecommender, ratings = told) =>
  listFor(asked, { ratings }, { count: 10, rerank: modelOrder });

/** What solving five ratings takes, and what a list takes that solves once. */
test.each([
  ['ials', { factors: 4, epochs: 2 }, 'factor', 1],
  // A product for each of five ratings in three epochs, and then one for each of forty items.
  ['biased-mf', { factors: 4, epochs: 3 }, 'dotRow', 3 * 5 + 40],
  // Thirty steps a rating, of a draw of what was had and one or more of what was not.
  ['bpr', { factors: 4, epochs: 2 }, 'integer', expect.toSatisfy((n) => n >= 300 && n < 450)],
  ['user-knn', {}, 'topCandidates', 1],
  // After all five, and after all but each.
  ['sasrec', { units: 4, heads: 1, steps: 6, blocks: 1, epochs: 1 }, 'forward', 1 + 5],
  ['gru4rec', { units: 4, steps: 6, epochs: 1 }, 'forward', 1 + 5],
] as const)('%s: ten places with reasons solve once, and for the map no more', async (...given) => {
  const [id, settings, what, expected] = given;
  const asked = ask(await fit(id, settings));
  const factor = vi.spyOn(FactorSystem.prototype, 'factor');
  const integer = vi.spyOn(Random.prototype, 'integer');
  const count = () =>
    ({ ...calls, factor: factor.mock.calls.length, integer: integer.mock.calls.length })[what];
  const before = count();
  const first = list(asked);
  expect(first).toHaveLength(10);
  expect(count() - before).toEqual(expected);
  const after = count();
  expect(list(asked)).toEqual(first);
  expect(count() - after).toBe(what === 'dotRow' ? 40 : 0);
  list(asked, told.slice(1));
  expect(count()).toBeGreaterThan(after + (what === 'dotRow' ? 2 * 40 : 0));
});

test('a hybrid asks each member for its scores once a list', () => {
  let scored = 0;
  const member: Recommender = {
    ...{ items: 40, predictsValues: false },
    score(_, out) {
      scored++;
      out.set(Float32Array.from(out, (__, item) => item % 7));
    },
    reasons: () => ({ parts: [], isExact: true }),
    ...{ similar: () => null, vectors: () => null },
    save: () => ({ method: 'fixed', settings: {}, arrays: {} }),
  };
  const members = [1, 2].map((weight) => ({ method: 'fixed', recommender: member, weight }));
  expect(list(ask(new Hybrid(members, 'rank-fusion')))).toHaveLength(10);
  expect(scored).toBe(2);
});

describe('the last person', () => {
  const taste = (): Taste => ({
    ...{ items: Uint32Array.of(1, 2), values: Float32Array.of(4, 5) },
    times: Float64Array.of(7, NaN),
  });

  test('is who holds the same, whichever arrays hold it', () => {
    const solve = vi.fn(({ values }: Taste) => values[0]);
    const last = new LastPerson(solve);
    expect([last.of(taste()), last.of(taste())]).toEqual([4, 4]);
    expect(solve).toHaveBeenCalledTimes(1);
    const changed = taste();
    last.of(changed);
    changed.values[0] = 3; // in the very array
    expect(last.of(changed)).toBe(3);
    expect(solve).toHaveBeenCalledTimes(2);
    for (const other of [
      { ...changed, items: Uint32Array.of(1, 3) },
      { ...changed, times: Float64Array.of(7, 8) },
      { ...changed, times: null },
      { ...changed, user: 0 },
      { ...changed, facts: { age: 30 } },
      { ...changed, facts: { age: 31 } },
      { ...changed, facts: { age: 31, town: 'Ulm' } },
      { items: changed.items.slice(1), values: changed.values.slice(1), times: null },
    ]) {
      solve.mockClear();
      last.of(other);
      expect(solve).toHaveBeenCalledTimes(1);
    }
  });

  test('is nobody where solving failed', () => {
    let fails = false;
    const last = new LastPerson(({ items }: Taste) => {
      if (fails) throw new Error('no');
      return items.length;
    });
    last.of(taste());
    fails = true;
    const other = { ...taste(), user: 1 };
    expect(() => last.of(other)).toThrow('no');
    expect(() => last.of(taste())).toThrow('no'); // what it gave may be overwritten
  });
});
