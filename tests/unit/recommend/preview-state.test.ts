import { expect, test } from 'vitest';
import { StudioError } from '../../../src/lib/errors.ts';
import type { Recommendation } from '../../../src/rpc/recommend-contract.ts';
import type { RecommendSession } from '../../../src/state/recommend-session.svelte.ts';
import { Latest } from '../../../src/tasks/recommendation/preview/latest.svelte.ts';
import { Preview } from '../../../src/tasks/recommendation/preview/preview.svelte.ts';
import {
  ToldRatings,
  type ToldRating,
} from '../../../src/tasks/recommendation/preview/told-ratings.svelte.ts';

function deferred() {
  let resolve: (answer: string) => void = () => undefined;
  const promise = new Promise<string>((done) => (resolve = done));
  return { promise, resolve };
}

test('an answer that a later question has overtaken is never shown, nor is its error', async () => {
  const latest = new Latest<string>();
  const first = deferred();
  const second = deferred();
  const asked = [latest.ask(() => first.promise), latest.ask(() => second.promise)];
  second.resolve('second');
  await asked[1];
  expect(latest.answer).toBe('second');
  expect(latest.isAsking).toBe(false);
  first.resolve('first');
  await asked[0];
  expect(latest.answer).toBe('second');
  const late = latest.ask(() => Promise.reject(new StudioError('corrupt', 'late')));
  await latest.ask(() => Promise.resolve('third'));
  await late;
  expect([latest.answer, latest.error]).toEqual(['third', null]);
});

test('an error is kept until a question is answered; a cancelled question leaves none', async () => {
  const latest = new Latest<string>();
  await latest.ask(() => Promise.reject(new StudioError('corrupt', '"weights" are damaged')));
  expect(latest.error?.message).toBe('"weights" are damaged');
  await latest.ask(() => Promise.reject(new StudioError('cancelled', 'Stopped')));
  expect(latest.error).toBeNull();
  expect(latest.isAsking).toBe(false);
});

test('every rating can be undone, and what is kept is what is shown', () => {
  const kept: (readonly ToldRating[])[] = [];
  const told = new ToldRatings([{ item: 'a', value: 3 }], (ratings) => kept.push(ratings));
  told.rate('b', 5);
  told.rate('a', 1);
  told.rate('a', 1); // changes nothing, and is nothing to undo
  told.remove('b');
  told.clear();
  told.clear();
  expect(told.all).toEqual([]);
  told.undo();
  told.undo();
  expect(told.all).toEqual([
    { item: 'a', value: 1 },
    { item: 'b', value: 5 },
  ]);
  told.undo();
  told.undo();
  expect(told.all).toEqual([{ item: 'a', value: 3 }]);
  expect(told.canUndo).toBe(false);
  expect(kept.at(-1)).toEqual(told.all);
  expect(kept).toHaveLength(8);
});

test('a list is asked for in one question, by ids, with all that was told', async () => {
  const asked: unknown[] = [];
  const answer = () => Promise.resolve([]);
  const session = {
    listFor: (...question: unknown[]) => (asked.push(['listFor', ...question]), answer()),
    hadBy: (...question: unknown[]) => (asked.push(['hadBy', ...question]), answer()),
  };
  // Of a session this asks nothing else: any other question fails.
  const recommenders = session as unknown as RecommendSession;
  const told = new ToldRatings([], () => undefined);
  const preview = new Preview(recommenders, told, {}, () => undefined);
  const list = new Latest<Recommendation[] | null>();
  await preview.askList(list, 'v');
  expect(asked).toEqual([]); // nobody is chosen
  preview.choose({ type: 'new' });
  told.rate('a', 4);
  told.rate('b', 5);
  await preview.askList(list, 'v');
  preview.setRerank({ diversity: 0.5 });
  preview.choose({ type: 'known', id: '7' });
  await preview.askList(list, 'v');
  await preview.askHad(new Latest(), 'v');
  const order = { diversity: 0, popularity: 0, freshness: 0 };
  const asUsual = { count: 10, rerank: order, withNewItems: true };
  const ratings = [
    { item: 'a', value: 4 },
    { item: 'b', value: 5 },
  ];
  expect(asked).toEqual([
    ['listFor', 'v', { type: 'new', ratings }, asUsual],
    [
      'listFor',
      'v',
      { type: 'known', id: '7' },
      { ...asUsual, rerank: { ...order, diversity: 0.5 } },
    ],
    ['hadBy', 'v', { type: 'known', id: '7' }, 200],
  ]);
  expect([list.answer, list.error]).toEqual([[], null]);
});

test('of a person at most the latest 200 events are asked for, and all of them when the whole is wanted', async () => {
  const asked: unknown[] = [];
  const eventsOf: Record<string, number> = { few: 3, many: 5000 };
  const session = {
    personOf: (_version: string, id: string) => {
      const events = eventsOf[id];
      return Promise.resolve(events === undefined ? null : { user: 7, id, events, facts: [] });
    },
    history: (...question: unknown[]) => (asked.push(question), Promise.resolve([])),
  };
  const recommenders = session as unknown as RecommendSession; // as above
  const told = new ToldRatings([], () => undefined);
  const preview = new Preview(recommenders, told, {}, () => undefined);
  const countsOf = async (id: string) => {
    asked.length = 0;
    for (const isWhole of [false, true]) await preview.askHistory('v', id, isWhole);
    return asked;
  };
  expect(await countsOf('many')).toEqual([
    ['v', { user: 7 }, 200],
    ['v', { user: 7 }, 5000],
  ]);
  expect(preview.history.answer).toEqual({ items: [], events: 5000, facts: [] });
  expect(await countsOf('few')).toEqual([
    ['v', { user: 7 }, 3],
    ['v', { user: 7 }, 3],
  ]);
  expect(await countsOf('nobody')).toEqual([]);
  expect([preview.history.answer, preview.history.error]).toEqual([null, null]);
});
