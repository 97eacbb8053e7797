import { expect, test } from 'vitest';
import { StudioError } from '../../../src/lib/errors.ts';
import type {
  Person,
  Recommendation,
  RecommenderSummary,
} from '../../../src/rpc/recommend-contract.ts';
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

test('a heart given when any event counted as liked is liked by a version that asks for more; stars stay as given', async () => {
  const asked: Person[] = [];
  const summaries: Record<string, Partial<RecommenderSummary>> = {
    plays: { values: [1, 4000], learnsValues: false, likedFrom: 20 },
    stars: { values: [1, 5], learnsValues: false, likedFrom: 4 },
  };
  const recommenders = {
    open: (version: string) => Promise.resolve(summaries[version]),
    itemsOf: () => Promise.resolve([{ item: 7 }]),
    recommend: (_version: string, person: Person) => {
      asked.push(person);
      return Promise.resolve([]);
    },
  } as unknown as RecommendSession; // all that it asks of them
  const preview = new Preview(
    recommenders,
    new ToldRatings([{ item: 'a', value: 1 }], () => undefined),
  );
  for (const version of ['plays', 'stars']) {
    const list = new Latest<Recommendation[] | null>();
    await preview.askList(list, version);
    expect(list.error).toBeNull();
  }
  expect(asked).toEqual([
    { ratings: [{ item: 7, value: 20 }] },
    { ratings: [{ item: 7, value: 1 }] },
  ]);
});
