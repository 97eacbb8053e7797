/** Every method on events that hardly say anything: it gives finite scores and full lists, or says what to do. */
import { describe, expect, test, vi } from 'vitest';
import type { ColumnSource, SplitSpec } from '../../../src/data/schema.ts';
import { valuesOf } from '../../../src/evaluate/evaluation.ts';
import { StudioError } from '../../../src/lib/errors.ts';
import { atOnce } from '../../../src/lib/parts.ts';
import { allMethods } from '../../../src/recommend/engine/methods.ts';
import { trainRecommender } from '../../../src/recommend/engine/train-recommender.ts';
import { tasteOf } from '../../../src/recommend/interactions.ts';
import { learnedParts } from '../../../src/recommend/learned-parts.ts';
import {
  defaultSettings,
  methodInfo,
  recommenderMethods,
} from '../../../src/recommend/method-settings.ts';
import { noItem, topItems } from '../../../src/recommend/ranking/top-items.ts';
import { readInteractions, splitEvents } from '../../../src/recommend/read-interactions.ts';
import { Control } from '../../../src/training/engine/control.ts';
import type { SettingValue } from '../../../src/training/run.ts';
import { eventSource } from '../../support/event-source.ts';
import { memorySource } from '../../support/memory-source.ts';

vi.setConfig({ testTimeout: 60_000 });

const quick: Record<string, Record<string, SettingValue>> = {
  ...{ bpr: { epochs: 2, factors: 4 }, 'biased-mf': { epochs: 2, factors: 4 } },
  ...{ ials: { epochs: 2, factors: 4 }, 'pure-svd': { factors: 4 } },
  sasrec: { epochs: 1, units: 8, steps: 4, blocks: 1 },
  gru4rec: { epochs: 1, units: 8, steps: 4 },
  'two-tower': { epochs: 1, units: 8, hidden: 8, candidates: 8 },
};
const needFeatures = ['content-based', 'hybrid', 'two-tower'];

interface Rows {
  users: (string | number)[];
  items: (string | number)[];
  values: number[];
  times: number[];
}

function rowsOf(events: readonly (readonly [user: number, item: number, value: number])[]): Rows {
  return {
    users: events.map(([user]) => `person ${user}`),
    items: events.map(([, item]) => `item ${item}`),
    values: events.map(([, , value]) => value),
    times: events.map((_, at) => 1_700_000_000 + 60 * at),
  };
}

/** Person u has items u, u + 1 … of a ring. */
function ring(people: number, items: number, each: number, value = (n: number) => 1 + (n % 5)) {
  return rowsOf(
    Array.from({ length: people * each }, (_, at) => {
      const [user, n] = [Math.floor(at / each), at % each];
      return [user, (user + n) % items, value(at)] as const;
    }),
  );
}

/** A table of items; a category of each and a number. */
function tableOfItems(items: number) {
  const numbers = Array.from({ length: items }, (_, i) => i);
  return memorySource({
    id: { type: 'id', cells: numbers.map((i) => `item ${i}`), role: 'item' },
    kind: { type: 'category', cells: numbers.map((i) => (i % 2 ? 'odd' : 'even')) },
    size: { type: 'number', cells: numbers.map((i) => i * 1.5) },
  });
}

/** What a run comes to: lists of everybody's, or the message that it is refused with. */
async function outcomeOf(id: string, source: ColumnSource, items: ColumnSource | null) {
  const info = methodInfo(id);
  const config = {
    ...{ learner: id, seed: 1 },
    settings: { ...(info && defaultSettings(info)), ...quick[id] },
  };
  try {
    const trained = await trainRecommender({
      ...{ source, items, config, control: new Control(), emit: () => undefined },
      ...{ checkpoint: null, saveCheckpoint: () => Promise.resolve(undefined) },
    });
    return { trained, config };
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
}

/** @throws where a score is no number or a list leaves out what it could hold, or holds what was had */
async function expectUsable(id: string, source: ColumnSource, items: ColumnSource | null) {
  const outcome = await outcomeOf(id, source, items);
  if (outcome instanceof StudioError) return outcome;
  const { trained, config } = outcome;
  const table = await readInteractions(source);
  const parts = splitEvents(table.interactions, source.dataSet.split);
  const { train } = atOnce(learnedParts(config, parts, table.likedFrom));
  const model = Object.values(allMethods)
    .find((method) => method.id === id)
    ?.open(structuredClone(trained.recommender));
  if (!model) throw new Error(`no method ${id}`);
  const scores = new Float32Array(model.items).fill(NaN);
  const list = new Uint32Array(model.items);
  for (let user = 0; user < train.users; user++) {
    const taste = tasteOf(train, user);
    model.score(taste, scores);
    expect([...scores].filter((score) => !Number.isFinite(score))).toEqual([]);
    topItems(scores, taste.items, list);
    const listed = [...list].filter((item) => item !== noItem);
    expect(listed).toHaveLength(model.items - taste.items.length);
    expect(listed.filter((item) => taste.items.includes(item))).toEqual([]);
  }
  // A new person, of whom nothing is known.
  model.score(
    { items: new Uint32Array(), values: new Float32Array(), times: new Float64Array() },
    scores,
  );
  expect([...scores].filter((score) => !Number.isFinite(score))).toEqual([]);
  for (let item = 0; item < model.items; item++) {
    for (const { amount } of model.reasons(tasteOf(train, 0), item).parts)
      expect(amount).toSatisfy(Number.isFinite);
    for (const { similarity } of model.similar(item, 5) ?? [])
      expect(similarity).toSatisfy(Number.isFinite);
  }
  // Of a few people a mean may be of nobody (null where it is shown); everything that people are compared by is there.
  const { evaluation } = trained;
  if (evaluation) expect(valuesOf(evaluation.metrics)['ndcgAt10']).toSatisfy(Number.isFinite);
  return null;
}

const perUser: SplitSpec = { type: 'per-user', seed: 1, validation: 0.1, test: 0.2 };
const byTime: SplitSpec = { type: 'time', column: 'time', validation: 0.1, test: 0.2 };

interface Example {
  name: string;
  rows: Rows;
  items: number;
  split?: SplitSpec;
  /** Methods that must refuse, with what the message must say: the cause, and the remedy. */
  refusals?: Record<string, RegExp>;
}

const nothingFollows =
  /nobody has two events in the training part.*Bring more events.*choose most-popular/;
const nothingTells = /tells any two items apart\. Bring a table.*or choose/;
const oneItem = {
  ...{ sasrec: nothingFollows, gru4rec: nothingFollows, 'two-tower': nothingFollows },
  ...{ 'content-based': nothingTells, hybrid: nothingTells },
  bpr: /everyone has every item there is \(1\).*Bring events of more items, or choose/,
};

const examples: Example[] = [
  { name: 'one user', rows: ring(1, 12, 12), items: 12 },
  {
    name: 'one item',
    rows: ring(10, 1, 1),
    items: 1,
    refusals: oneItem,
  },
  { name: 'all ratings equal', rows: ring(10, 8, 5, () => 3), items: 8 },
  { name: 'all ratings zero', rows: ring(10, 8, 5, () => 0), items: 8 },
  {
    name: 'duplicates only',
    rows: rowsOf(Array.from({ length: 20 }, () => [0, 0, 4] as const)),
    items: 1,
    refusals: oneItem,
  },
  {
    name: 'a person whose every event is in the test part',
    rows: (() => {
      const rows = ring(8, 8, 5);
      return {
        users: [...rows.users, 'late', 'late'],
        items: [...rows.items, 'item 0', 'item 3'],
        values: [...rows.values, 5, 4],
        times: [...rows.times, 1_800_000_000, 1_800_000_001],
      };
    })(),
    items: 8,
    split: byTime,
  },
];

describe.each(examples)('$name', ({ rows, items, split = perUser, refusals = {} }) => {
  test.each(recommenderMethods.map(({ id }) => id))('%s', async (id) => {
    const error = await expectUsable(id, eventSource(rows, split), tableOfItems(items));
    const refusal = refusals[id];
    if (!refusal) expect(error?.message).toBeUndefined();
    else {
      expect(error?.message).toMatch(refusal);
      expect(error?.code).toBe('bad-config');
    }
  });
});

describe('items of which nothing is known', () => {
  test.each(recommenderMethods.map(({ id }) => id))('%s', async (id) => {
    const error = await expectUsable(id, eventSource(ring(10, 8, 5), perUser), null);
    if (needFeatures.includes(id))
      expect(error?.message).toMatch(
        /nothing is known of the items.*Bring a table of items, or choose/,
      );
    else expect(error?.message).toBeUndefined();
  });
});

test('where no test event counts as liked, the outcome says from which value one would', async () => {
  const { users, items, times } = ring(6, 8, 5);
  // Everybody liked what came first, and nothing of what came last.
  const values = users.map((_, at) => (at % 5 < 4 ? 5 : 2));
  const source = eventSource(
    { users, items, values, times },
    { type: 'last-out', validation: false },
  );
  const liked = {
    ...source,
    dataSet: { ...source.dataSet, events: { duplicates: 'last' as const, likedFrom: 4 } },
  };
  const outcome = await outcomeOf('most-popular', liked, null);
  if (outcome instanceof StudioError) throw outcome;
  expect(outcome.trained).toMatchObject({
    noneLiked: { from: 4, highest: 2 },
    evaluation: null,
  });
  const lower = {
    ...liked,
    dataSet: { ...liked.dataSet, events: { duplicates: 'last' as const, likedFrom: 2 } },
  };
  const measured = await outcomeOf('most-popular', lower, null);
  if (measured instanceof StudioError) throw measured;
  expect(measured.trained.noneLiked).toBeNull();
  expect(measured.trained.evaluation?.rows).toBe(6);
});
