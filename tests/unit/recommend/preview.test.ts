import { describe, expect, test } from 'vitest';
import { AskedRecommender, type AskedData } from '../../../src/recommend/asked-recommender.ts';
import { fitRecommender } from '../../../src/recommend/fit-recommender.ts';
import type { Interactions } from '../../../src/recommend/interactions.ts';
import { methods } from '../../../src/recommend/methods/index.ts';
import { evaluateRanking } from '../../../src/recommend/ranking/evaluate-ranking.ts';
import type { Recommender } from '../../../src/recommend/recommender.ts';
import {
  coloursOf,
  itemNear,
  itemToward,
  moved,
  placesOf,
  seenPlaces,
  wholeMap,
  zoomed,
} from '../../../src/tasks/recommendation/preview/map-drawing.ts';
import { mainReason, reasonBars } from '../../../src/tasks/recommendation/preview/reasons.ts';
import { ratingSteps } from '../../../src/recommend/rating-scale.ts';
import { listFor } from '../../../workers/recommend/list-for.ts';
import { previewCalls } from '../../../workers/recommend/preview-calls.ts';
import { reasonsOf } from '../../../workers/recommend/reasons-of.ts';
import { rerankEffect } from '../../../workers/recommend/rerank-effect.ts';
import { fitContext, fromMatrix, randomInteractions } from '../../support/small-interactions.ts';

const modelOrder = { diversity: 0, popularity: 0, freshness: 0 };
const never = () => Promise.resolve();

/** Random ratings, each fifth of which is held out. */
function ratings(users = 60, items = 40): { train: Interactions; test: Interactions } {
  const all = randomInteractions(users, items, 0.3, 5, 5);
  const part = (isTest: boolean) =>
    fromMatrix(
      Array.from({ length: users }, (_, user) => {
        const row = Array.from({ length: items }, () => 0);
        for (let at = all.starts[user] ?? 0; at < (all.starts[user + 1] ?? 0); at++)
          if ((at % 5 === 0) === isTest) row[all.indices[at] ?? 0] = all.values[at] ?? 0;
        return row;
      }),
    );
  return { train: part(false), test: part(true) };
}

function ask(
  model: Recommender,
  { train, test: held }: ReturnType<typeof ratings>,
  more: Partial<AskedData> = {},
) {
  const nothing = fromMatrix(
    Array.from({ length: train.users }, () => Array.from({ length: train.items }, () => 0)),
  );
  const ids = (count: number) => Array.from({ length: count }, (_, i) => String(i));
  return new AskedRecommender(model, {
    table: {
      interactions: train,
      users: ids(train.users),
      items: ids(train.items),
      hasValues: true,
      incomplete: 0,
      repeated: 0,
      likedFrom: null,
    },
    parts: { train, validation: nothing, test: held, seen: null },
    ...{ eventItems: train.items, newUsers: [], items: null, people: null },
    learnsValues: true,
    ...more,
  });
}

const fit = <Settings>(
  method: Parameters<typeof fitRecommender<Settings>>[0],
  train: Interactions,
) => fitRecommender(method, train, method.defaults, fitContext);

describe('cold starts', () => {
  const data = ratings();
  /** Two people and three items that only tables know. */
  const wide = {
    train: { ...data.train, items: 43 },
    test: { ...data.test, items: 43 },
  };
  const more = { eventItems: 40, newUsers: ['new', '10a'] };

  test('who has no events can be found, behind who has, and gets what most people had', async () => {
    const asked = ask(await fit(methods.ease, wide.train), wide, more);
    expect(asked.searchPeople('', 100).slice(60)).toEqual([60, 61]);
    expect(asked.searchPeople('10', 5)).toEqual([10, 61]);
    const taste = asked.tasteOf(60);
    expect(taste).toMatchObject({ facts: {} });
    expect([...taste.items, ...asked.seenBy(60), ...asked.heldOut(61)]).toEqual([]);
    const list = asked.top(taste, 5, modelOrder);
    const most = [...asked.people].sort((a, b) => b - a).slice(0, 5);
    expect(list.map(({ item }) => asked.people[item])).toEqual(most);
    expect(list.map(({ score }) => score)).toEqual(most);
    const [first] = list;
    expect(reasonsOf(asked, taste, first?.item ?? NaN)).toEqual({
      reasons: [{ kind: 'item-bias', name: '', amount: most[0] }],
      rest: 0,
    });
    expect(asked.goesByPopularity(asked.tasteOf(3))).toBe(false);
  });

  test('items without events are listed unless they are left out, and measured never', async () => {
    const model = await fit(methods.ease, wide.train);
    // A model that thinks most of the last items.
    const keen: Recommender = {
      ...{ items: 43, predictsValues: false },
      score: (_, out) => out.forEach((__, item) => (out[item] = item)),
      reasons: (taste, item) => model.reasons(taste, item),
      similar: () => null,
      vectors: () => null,
      save: () => model.save(),
    };
    const asked = ask(keen, wide, more);
    expect(asked.newItems).toBe(3);
    const taste = asked.tasteOf(2);
    const items = (withNew: boolean) =>
      asked.top(taste, 45, modelOrder, asked.seenBy(2), withNew).map(({ item }) => item);
    expect(items(true).slice(0, 3)).toEqual([42, 41, 40]);
    expect(items(false)).toEqual(items(true).slice(3));
    expect(items(false)).not.toHaveLength(0);
    const [wideFigures, figures] = [
      await rerankEffect(asked, modelOrder, never, 1000),
      await rerankEffect(ask({ ...keen, items: 40 }, data), modelOrder, never, 1000),
    ];
    expect(wideFigures).toEqual(figures);
  });
});

describe('the effect of another order', () => {
  test('of everybody, in the model’s order, is what the evaluation of full rankings says', async () => {
    const data = ratings();
    const model = await fit(methods.ease, data.train);
    const found = await rerankEffect(ask(model, data), modelOrder, never);
    const { metrics, users } = await evaluateRanking(model, data.train, data.test);
    expect(found?.people).toBe(users.length);
    expect(found?.before.ndcgAt10).toBeCloseTo(metrics.ndcgAt10, 5);
    expect(found?.before.coverageAt10).toBeCloseTo(metrics.coverageAt10, 5);
    expect(found?.before.diversityAt10).toBeCloseTo(metrics.diversityAt10, 5);
    expect(found?.before.noveltyAt10).toBeCloseTo(metrics.noveltyAt10, 5);
    expect(found?.after).toEqual(found?.before);
  });

  test('less known items raise novelty, of a sample no larger than asked for', async () => {
    const data = ratings();
    const asked = ask(await fit(methods.ials, data.train), data);
    const found = await rerankEffect(asked, { ...modelOrder, popularity: -1 }, never, 20);
    expect(found?.people).toBe(20);
    expect(found?.tested).toBeGreaterThan(20);
    expect(found?.after.noveltyAt10).toBeGreaterThan((found?.before.noveltyAt10 ?? NaN) + 0.05);
  });

  test('is null where nobody has anything in the test part', async () => {
    const { train } = ratings();
    const empty = fromMatrix(
      Array.from({ length: train.users }, () => Array.from({ length: train.items }, () => 0)),
    );
    const data = { train, test: empty };
    const asked = ask(await fit(methods['most-popular'], train), data);
    expect(await rerankEffect(asked, modelOrder, never)).toBeNull();
  });
});

describe('reasons', () => {
  const methodsWithOffsets = [methods['user-item-bias'], methods['biased-mf']] as const;

  test('sum to the score, and never name the item itself', async () => {
    const data = ratings();
    for (const method of [...methodsWithOffsets, methods.ease, methods.ials] as const) {
      // Of one of these; the union of their settings is no setting of any.
      const model = await fit(method as typeof methods.ease, data.train);
      const asked = ask(model, data);
      const taste = asked.tasteOf(3);
      for (const { item, score } of asked.top(taste, 5, modelOrder)) {
        const found = reasonsOf(asked, taste, item);
        const bars = reasonBars(found);
        const sum = bars.reduce((total, { amount }) => total + amount, 0);
        expect(sum, method.id).toBeCloseTo(score, 3);
        expect(mainReason(bars)?.kind === 'item' && mainReason(bars)?.name, method.id).not.toBe(
          String(item),
        );
      }
    }
  });

  test('name a factor by other items, on the side where the item lies', async () => {
    const data = ratings();
    for (const method of [methods['biased-mf'], methods.bpr]) {
      const model = await fit(method as typeof methods.bpr, data.train); // as above
      const asked = ask(model, data);
      const taste = asked.tasteOf(3);
      const [first] = asked.top(taste, 1, modelOrder);
      const item = first?.item ?? NaN;
      const factors = reasonsOf(asked, taste, item).reasons.filter(({ kind }) => kind === 'factor');
      expect(factors.length).toBeGreaterThan(2);
      const { values, width } = model.vectors() ?? { values: new Float32Array(), width: NaN };
      for (const { name, factor } of factors) {
        const side = (other: number) => Math.sign(values[other * width + Number(name) - 1] ?? NaN);
        expect(factor?.near.titles).toHaveLength(3);
        expect(factor?.near.titles).not.toContain(String(item));
        for (const title of factor?.near.titles ?? []) expect(side(Number(title))).toBe(side(item));
        for (const title of factor?.far.titles ?? []) expect(side(Number(title))).toBe(-side(item));
      }
    }
  });

  test('tell a person’s own offset from the people who are like them', async () => {
    const data = ratings();
    const kindsOf = async (method: keyof typeof methods) => {
      const model = await fit(methods[method] as typeof methods.ease, data.train); // as above
      const asked = ask(model, data);
      const [first] = asked.top(asked.tasteOf(3), 1, modelOrder);
      return reasonsOf(asked, asked.tasteOf(3), first?.item ?? 0).reasons.map(({ kind }) => kind);
    };
    expect(new Set(await kindsOf('user-item-bias'))).toEqual(
      new Set(['bias', 'item-bias', 'user-bias']),
    );
    expect(new Set(await kindsOf('user-knn'))).toEqual(new Set(['user']));
    expect(await kindsOf('most-popular')).toEqual(['item-bias']);
  });

  test('are drawn by size, the rest last, against the largest', () => {
    const bars = reasonBars({
      reasons: [
        { kind: 'bias', name: '1', amount: 1 },
        { kind: 'item', name: 'Alien', amount: -2 },
        { kind: 'item', name: 'Brazil', amount: 0.5 },
      ],
      rest: 0.1,
    });
    expect(bars.map(({ name, share }) => [name, share])).toEqual([
      ['Alien', -1],
      ['1', 0.5],
      ['Brazil', 0.25],
      ['', 0.05],
    ]);
    expect(mainReason(bars)?.name).toBe('Brazil');
  });
});

describe('questions by ids', () => {
  const version = { projectId: 'p', id: 'v' };
  const options = { count: 5, rerank: modelOrder };

  test('are answered as by numbers; what the data lacks does not count, who it lacks has no list', async () => {
    const data = ratings();
    const asked = ask(await fit(methods.ials, data.train), data);
    const calls = previewCalls(() => Promise.resolve(asked));
    const known = { type: 'known', id: '3' } as const;
    expect(await calls.listFor(version, known, options)).toEqual(
      listFor(asked, { user: 3 }, options),
    );
    expect(new Set(await calls.hadBy(version, known, 100))).toEqual(
      new Set(asked.tasteOf(3).items),
    );
    const told = [
      { item: '12', value: 5 },
      { item: 'of another version', value: 1 },
      { item: '4', value: 2 },
    ];
    const newcomer = { type: 'new', ratings: told } as const;
    const numbered = [
      { item: 12, value: 5 },
      { item: 4, value: 2 },
    ];
    expect(await calls.listFor(version, newcomer, options)).toEqual(
      listFor(asked, { ratings: numbered }, options),
    );
    expect(await calls.hadBy(version, newcomer, 100)).toEqual([4, 12]); // the latest first
    const nobody = { type: 'known', id: 'nobody' } as const;
    expect(await calls.listFor(version, nobody, options)).toBeNull();
    expect(await calls.hadBy(version, nobody, 100)).toBeNull();
  });

  test('count a heart as liked in every version that takes hearts, and stars as given', async () => {
    const data = ratings();
    const model = await fit(methods.ials, data.train);
    const likedBy = async (most: number, likedFrom: number) => {
      const values = data.train.values.map((_, event) => (event === 0 ? 1 : most));
      const { table } = ask(model, data);
      const interactions = { ...data.train, values };
      const asked = ask(model, data, {
        ...{ table: { ...table, interactions, likedFrom }, learnsValues: false },
      });
      const calls = previewCalls(() => Promise.resolve(asked));
      return calls.hadBy(version, { type: 'new', ratings: [{ item: '4', value: 1 }] }, 10);
    };
    expect(await likedBy(4000, 20)).toEqual([4]); // given when any event counted as liked
    expect(await likedBy(5, 4)).toEqual([]); // one star of five
  });
});

test('ratings are told by stars, counts and mere events by a heart', () => {
  expect(ratingSteps([1, 5], true, null)).toEqual([1, 2, 3, 4, 5]);
  expect(ratingSteps([0.5, 5], false, null)).toEqual([1, 2, 3, 4, 5]);
  expect(ratingSteps([0, 100], true, null)).toEqual([0, 25, 50, 75, 100]);
  expect(ratingSteps([1, 4000], false, null)).toEqual([1]);
  expect(ratingSteps([3, 3], true, null)).toEqual([1]);
  expect(ratingSteps(null, false, null)).toEqual([1]);
  expect(ratingSteps([1, 4000], false, 20)).toEqual([20]); // a heart is a like, whatever it takes
  expect(ratingSteps([0.5, 4.8], true, 4.5)).toEqual([1, 2, 3, 4, 4.5]); // or nobody could like anything
});

describe('the map', () => {
  test('keeps distances, turns the second axis up, and finds the item under the pointer', () => {
    const places = placesOf(Float32Array.of(-1, 0, 1, 0, 0, 0.5), 224, 124);
    expect([...places]).toEqual([12, 87, 212, 87, 112, 37]);
    expect(itemNear(places, 110, 40)).toBe(2);
    expect(itemNear(places, 60, 60)).toBeNull();
  });

  test('zooms around a point that stays, and is never moved out of sight', () => {
    const places = Float32Array.of(50, 40, 60, 40);
    const near = zoomed(wholeMap, 2, 50, 40);
    expect([...seenPlaces(places, near)]).toEqual([50, 40, 70, 40]);
    expect(zoomed(near, 0.1, 0, 0)).toEqual(wholeMap);
    const size = { width: 100, height: 80 };
    expect(moved(near, 1000, -1000, size)).toEqual({ scale: 2, x: 0, y: -80 });
    expect(moved(wholeMap, 9, 9, size)).toEqual(wholeMap);
  });

  test('arrow keys go to the closest item that lies that way', () => {
    const places = Float32Array.of(50, 50, 60, 52, 80, 50, 50, 20, 45, 90);
    expect(itemToward(places, 0, [1, 0])).toBe(1);
    expect(itemToward(places, 0, [0, -1])).toBe(3);
    expect(itemToward(places, 0, [0, 1])).toBe(4);
    expect(itemToward(places, 0, [-1, 0])).toBeNull();
  });

  test('gives colours to the seven most frequent categories, the others share one', () => {
    const { of, legend } = coloursOf(Int32Array.of(8, 8, 0, 1, 2, 3, 4, 5, 6, -1));
    expect(of[0]).toBe('--series-1');
    expect(of.slice(-2)).toEqual(['--series-8', '--series-8']);
    expect(legend).toHaveLength(8);
    expect(coloursOf(Int32Array.of(0, 1)).legend.map(({ category }) => category)).toEqual([0, 1]);
  });
});
