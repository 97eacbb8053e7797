import { describe, expect, test, vi } from 'vitest';
import { Random } from '../../../src/lib/random.ts';
import { allMethods } from '../../../src/recommend/engine/methods.ts';
import { trainRecommender } from '../../../src/recommend/engine/train-recommender.ts';
import { readInteractions, splitEvents } from '../../../src/recommend/read-interactions.ts';
import {
  defaultSettings,
  methodInfo,
  recommenderMethods,
} from '../../../src/recommend/method-settings.ts';
import { parseRunConfig } from '../../../src/training/config-schema.ts';
import { Control } from '../../../src/training/engine/control.ts';
import type { RunEvent, SettingValue } from '../../../src/training/run.ts';
import { eventSource } from '../../support/event-source.ts';
import { memorySource } from '../../support/memory-source.ts';
import { takeBreaks } from '../../support/take-breaks.ts';

vi.mock('../../../src/text/engine/load-encoder.ts', async () => {
  const { openSentenceEncoder } = await import('../../support/sentence-encoder.ts');
  return { loadSentenceEncoder: openSentenceEncoder }; // Node has no server to load it from
});

const animals =
  'Cats,Dogs,Wolves,Lions,Bears,Foxes,Deer,Horses,Eagles,Owls,Mice,Rabbits,Tigers,Seals,Frogs'.split(
    ',',
  );
const trades =
  'Baking,Plumbing,Carpentry,Accounting,Teaching,Nursing,Law,Banking,Farming,Selling,Tailoring,Masonry,Engineering,Painting,Cooking'.split(
    ',',
  );

/** Two crowds of 20 people with 15 items each, and now and then something of the other crowd. */
function twoCrowds() {
  const random = new Random(1, 'crowds');
  const users: number[] = [];
  const items: number[] = [];
  const values: number[] = [];
  const times: number[] = [];
  for (let user = 0; user < 40; user++)
    for (let event = 0; event < 12; event++) {
      const crowd = random.uniform() < 0.05 ? 1 - (user % 2) : user % 2;
      users.push(user);
      items.push(100 * crowd + random.integer(15));
      values.push(1 + random.integer(5));
      times.push(1_000_000 + random.integer(100_000));
    }
  return eventSource({ users, items, values, times });
}

const titles = memorySource({
  id: {
    type: 'integer',
    cells: Array.from({ length: 30 }, (_, i) => (i < 15 ? i : 85 + i)),
    role: 'item',
  },
  crowd: { type: 'category', cells: Array.from({ length: 30 }, (_, i) => (i < 15 ? 'a' : 'b')) },
});

function job(learner: string, settings: Record<string, SettingValue> = {}) {
  const info = methodInfo(learner);
  const events: RunEvent[] = [];
  return {
    source: twoCrowds(),
    items: titles,
    config: { learner, seed: 1, settings: { ...(info && defaultSettings(info)), ...settings } },
    control: new Control(),
    emit: (event: RunEvent) => void events.push(event),
    checkpoint: null,
    saveCheckpoint: () => Promise.resolve(undefined),
    events,
  };
}

const quick: Record<string, Record<string, SettingValue>> = {
  bpr: { epochs: 3, factors: 4 },
  'biased-mf': { epochs: 3, factors: 4 },
  ials: { epochs: 3, factors: 4 },
  'pure-svd': { factors: 4 },
  sasrec: { epochs: 1, units: 8, steps: 8, blocks: 1 },
  gru4rec: { epochs: 1, units: 8, steps: 8 },
  'two-tower': { epochs: 1, units: 8, hidden: 8, candidates: 16 },
  'content-based': { leastItems: 1 },
  ease: { regularization: 10 },
};

test.each(recommenderMethods.map(({ id }) => id))(
  '%s: a run learns, is measured beside the most popular, and its model opens again to the same scores',
  async (id) => {
    const run = job(id, quick[id]);
    const { recommender, evaluation, perUser, items, outcome } = await trainRecommender(run);
    expect(outcome).toBe('completed');
    expect(items).toHaveLength(30);
    if (evaluation?.type !== 'ranking') throw new Error('no ranking was measured');
    expect(evaluation.metrics['ndcgAt10']?.value).toBeGreaterThan(0);
    expect(evaluation.metrics['ndcgAt10']?.baseline).toBeGreaterThan(0);
    expect(evaluation.protocol.split).toBe('per-user');
    const known = [...(perUser ?? [])].filter((value) => !Number.isNaN(value));
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    expect(mean).toBeCloseTo(evaluation.metrics['ndcgAt10']?.value ?? 0, 5);
    expect(run.events.find(({ type }) => type === 'started')).toMatchObject({
      backend: ['sasrec', 'gru4rec', 'two-tower'].includes(id) ? 'wasm' : 'cpu',
    });
    expect(run.events.at(-1)).toMatchObject({ type: 'finished', outcome: 'completed' });

    const method = Object.values(allMethods).find((candidate) => candidate.id === id);
    const opened = method?.open(structuredClone(recommender));
    const again = new Float32Array(30);
    const taste = {
      items: Uint32Array.of(0, 1, 2),
      values: Float32Array.of(1, 1, 1),
      times: Float64Array.of(1, 2, 3),
    };
    opened?.score(taste, again);
    expect(again.some((score) => score !== 0)).toBe(true);
    const twice = new Float32Array(30);
    method?.open(opened?.save() ?? recommender).score(taste, twice);
    expect(twice).toEqual(again);
  },
);

test('items that only the table of items knows are in the lists of who can know them, and in no figure', async () => {
  const wide = memorySource({
    id: {
      type: 'integer',
      cells: [500, 400, ...Array.from({ length: 30 }, (_, i) => (i < 15 ? i : 85 + i))],
      role: 'item',
    },
    crowd: {
      type: 'category',
      cells: ['b', 'a', ...Array.from({ length: 30 }, (_, i) => (i < 15 ? 'a' : 'b'))],
    },
  });
  const train = async (id: string, settings: Record<string, SettingValue> = {}) =>
    trainRecommender({ ...job(id, { ...quick[id], ...settings }), items: wide });
  for (const [id, settings] of [
    ['content-based', {}],
    ['hybrid', { first: 'ease', second: 'content-based' }],
    ['two-tower', { epochs: 8, learningRate: 0.05 }],
  ] as const) {
    const { recommender, items, evaluation, perUser } = await train(id, settings);
    expect(items, id).toHaveLength(32);
    expect(items.slice(30)).toEqual(['400', '500']);
    if (evaluation?.type !== 'ranking') throw new Error('no ranking was measured');
    expect(evaluation.items, id).toBe(30);
    expect(evaluation.protocol.withoutEvents, id).toBe(2);
    expect(perUser).toHaveLength(40);
    // Who had what the first crowd has is more for the new item of its kind.
    const model = Object.values(allMethods)
      .find((one) => one.id === id)
      ?.open(recommender);
    const scores = new Float32Array(32);
    const taste = { items: Uint32Array.of(0, 1, 2), values: Float32Array.of(1, 1, 1), times: null };
    model?.score(taste, scores);
    expect(scores[30], id).toBeGreaterThan(scores[31] ?? NaN);
  }
  for (const [id, settings] of [
    ['content-based', { newItems: 'leave-out' }],
    ['hybrid', { first: 'ease', second: 'item-knn' }],
    ['ease', {}],
  ] as const) {
    const { items, evaluation } = await train(id, settings);
    expect(items, id).toHaveLength(30);
    expect(evaluation).not.toHaveProperty(['protocol', 'withoutEvents']);
  }
});

test('liked from a value: lists are held against what is liked, ratings are still predicted of all', async () => {
  const measure = async (id: string, likedFrom: number | null) => {
    const run = job(id, quick[id]);
    const events = { duplicates: 'last', likedFrom } as const;
    const source = { ...run.source, dataSet: { ...run.source.dataSet, events } };
    const { evaluation } = await trainRecommender({ ...run, source });
    if (evaluation?.type !== 'ranking') throw new Error('no ranking was measured');
    return evaluation;
  };
  const { interactions } = await readInteractions(twoCrowds());
  const { test: held } = splitEvents(interactions, twoCrowds().dataSet.split);
  const [any, from4] = [await measure('ease', null), await measure('ease', 4)];
  expect(any.rows).toBe(held.values.length);
  expect(any.protocol).not.toHaveProperty('likedFrom');
  expect(from4.rows).toBe(held.values.filter((value) => value >= 4).length);
  expect(from4.protocol.likedFrom).toBe(4);
  const [mf, mfFrom4] = [await measure('biased-mf', null), await measure('biased-mf', 4)];
  expect(mfFrom4.metrics['rmse']?.value).toBe(mf.metrics['rmse']?.value);
  expect(mfFrom4.rows).toBe(from4.rows);
  await expect(measure('ease', 5.5)).rejects.toThrow(
    'Nothing counts as liked: no value of the training part is 5.5 or more, the highest is 5. Choose a lower value',
  );
});

test('neighbours and EASE tell the crowds apart, which what is most popular can’t', async () => {
  for (const id of ['item-knn', 'ease']) {
    const { evaluation } = await trainRecommender(job(id, quick[id]));
    const { value = 0, baseline } = evaluation?.metrics['ndcgAt10'] ?? {};
    expect(value, id).toBeGreaterThan(1.3 * (baseline ?? 0));
  }
});

test('a form’s defaults are the methods’ own', () => {
  for (const info of recommenderMethods) {
    if (info.id === 'hybrid') continue; // whose members a form names flatly
    const { defaults } = Object.values(allMethods).find(({ id }) => id === info.id) ?? {};
    const { patience, newItems, ...own } = defaultSettings(info);
    expect(defaults, info.id).toMatchObject(own);
    // The run's, not the method's.
    expect([undefined, 0]).toContain(patience);
    expect([undefined, 'include']).toContain(newItems);
  }
});

type EpochEvent = Extract<RunEvent, { type: 'epoch' }>;
const epochsOf = (events: readonly RunEvent[]) =>
  events.filter((event): event is EpochEvent => event.type === 'epoch');

test.each([
  // Steps so large that later epochs only make it worse.
  ['bpr', 'ndcgAt10', { epochs: 30, factors: 8, learningRate: 0.6, regularization: 0 }],
  ['biased-mf', 'rmse', { epochs: 30, factors: 8, learningRate: 0.1, regularization: 0 }],
  ['sasrec', 'ndcgAt10', { epochs: 12, units: 8, steps: 8, blocks: 1, learningRate: 0.05 }],
] as const)('%s: the epoch of the best %s is kept, not the last', async (id, figure, settings) => {
  const run = job(id, settings);
  const { recommender, bestEpoch, epochs, metrics } = await trainRecommender(run);
  const told = epochsOf(run.events);
  const figures = told.map(({ validation }) => validation?.[figure] ?? Number.NaN);
  const best = figure === 'rmse' ? Math.min(...figures) : Math.max(...figures);
  expect(bestEpoch).toBe(figures.indexOf(best) + 1);
  expect(bestEpoch).toBeLessThan(settings.epochs);
  expect(epochs).toEqual({ kept: bestEpoch, run: settings.epochs });
  expect(metrics.validation?.[figure]).toBe(best);
  expect(told.findLast((event) => event.best)?.epoch).toBe(bestEpoch);
  expect(run.events.at(-1)).toMatchObject({ type: 'finished', bestEpoch });
  const [started] = run.events;
  expect(started).toHaveProperty(['baseline', figure], expect.any(Number));

  // A run that ends there has the same model.
  const short = await trainRecommender(job(id, { ...settings, epochs: bestEpoch }));
  expect(recommender.arrays).toEqual(short.recommender.arrays);

  // With patience it ends so many epochs later, and keeps the same.
  const patient = job(id, { ...settings, patience: 3 });
  const stopped = await trainRecommender(patient);
  const first = told.findIndex(
    ({ epoch }) =>
      epoch - (told.findLast((one) => one.best && one.epoch <= epoch)?.epoch ?? 0) >= 3,
  );
  expect(first).toBeGreaterThan(0);
  expect(epochsOf(patient.events)).toHaveLength(first + 1);
  expect(stopped.outcome).toBe('early-stopped');
  expect(stopped.epochs?.run).toBe(first + 1);
  expect(stopped.recommender.settings).not.toHaveProperty('patience');
});

test('without a validation part the last epoch is kept, and patience ends nothing', async () => {
  const run = job('bpr', { epochs: 6, factors: 4, learningRate: 0.6, patience: 1 });
  const { dataSet } = run.source;
  const split = { type: 'per-user', seed: 1, validation: 0, test: 0.2 } as const;
  const source = { ...run.source, dataSet: { ...dataSet, split } };
  const { outcome, epochs, metrics } = await trainRecommender({ ...run, source });
  expect(outcome).toBe('completed');
  expect(epochs).toEqual({ kept: 6, run: 6 });
  expect(metrics.validation).toBeUndefined();
  expect(epochsOf(run.events).every(({ best }) => best)).toBe(true);
});

test('a run that is stopped while it reads its events says so too, and fits nothing', async () => {
  const rows = Array.from({ length: 300_000 }, (_, row) => row);
  const source = eventSource({ users: rows.map((row) => String(row % 9973)), items: rows });
  const run = { ...job('most-popular'), source, items: null };
  run.control.command('stop');
  await expect(trainRecommender(run)).rejects.toMatchObject({ code: 'cancelled' });
  expect(run.events.filter(({ type }) => type === 'started')).toEqual([]);
});

test('a run that is stopped before there is a model says so', async () => {
  takeBreaks();
  const run = job('sasrec', { epochs: 1000 });
  run.control.command('stop');
  await expect(trainRecommender(run)).rejects.toThrow(
    expect.objectContaining({ name: 'StudioError:cancelled' }) as Error,
  );
});

test.each<[string, Record<string, SettingValue>, string]>([
  ['item-knn', { neighbours: 0 }, 'setting "neighbours": 0 won\'t do; expected a number from 1'],
  ['item-knn', { similarity: 'magic' }, 'expected one of cosine, adjusted-cosine'],
  ['ials', { factors: 2.5 }, 'setting "factors": 2.5 won\'t do; expected a whole number'],
  ['magic', {}, 'There is no recommender "magic"'],
])(
  '%s with %o is refused: the message names the setting and the value',
  async (learner, settings, message) => {
    await expect(trainRecommender(job(learner, settings))).rejects.toThrow(message);
  },
);

test('what is known of a run’s settings is checked where they are stored', () => {
  const config = { learner: 'ease', seed: 1, settings: { regularization: 250 } };
  expect(parseRunConfig(config)).toEqual(config);
  expect(() => parseRunConfig({ ...config, settings: { regularization: Infinity } })).toThrow(
    'setting "settings.regularization"',
  );
  expect(() => parseRunConfig({ ...config, code: 'alert(1)' })).toThrow('setting "code"');
});

describe('with the sentence encoder', () => {
  const described = memorySource({
    id: {
      type: 'integer',
      cells: Array.from({ length: 30 }, (_, i) => (i < 15 ? i : 85 + i)),
      role: 'item',
    },
    about: {
      type: 'text',
      cells: Array.from({ length: 30 }, (_, i) =>
        i < 15 ? `${animals[i] ?? ''} live in the wild` : `${trades[i - 15] ?? ''} is a job`,
      ),
    },
  });

  test('a run encodes texts first, tells how far it is, and needs no encoder afterwards', async () => {
    takeBreaks();
    for (const [id, settings] of [
      ['content-based', { text: 'sentence-encoder' }],
      ['hybrid', { text: 'sentence-encoder', first: 'ease', second: 'content-based' }],
    ] as const) {
      const run = { ...job(id, settings), items: described };
      const { recommender, outcome, evaluation } = await trainRecommender(run);
      expect(outcome).toBe('completed');
      const { value = 0, baseline } = evaluation?.metrics['ndcgAt10'] ?? {};
      expect(value).toBeGreaterThan(1.2 * (baseline ?? 0)); // the two crowds are told apart
      const names = Object.keys(recommender.arrays).map((name) => name.split('/').at(-1));
      expect(names).toContain('embeddings');
      const told = run.events.flatMap((event) =>
        event.type === 'progress' && event.preparation ? [event.preparation] : [],
      );
      expect(told).toContainEqual({
        ...{ type: 'encoding-texts', texts: expect.any(Number) as number, of: 30 },
      });
    }
  });

  test('one that is stopped while it encodes leaves no model', async () => {
    const run = { ...job('content-based', { text: 'sentence-encoder' }), items: described };
    run.control.command('stop');
    await expect(trainRecommender(run)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
