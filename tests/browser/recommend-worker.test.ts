import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProjectSession } from '../../src/state/project-session.svelte.ts';
import { modelOrder } from '../../src/state/recommend-session.svelte.ts';
import { projectOf, ratingsOf } from '../support/studio-project.ts';

let session: ProjectSession;
let version: string;
let end: () => Promise<void>;

beforeAll(async () => {
  const project = await projectOf(ratingsOf(30, { films: 20, each: 8 }));
  ({ session } = project);
  end = () => project.workspace.deleteProject(project.id);
  const run = await session.train({ learner: 'ease', settings: { regularization: 1 } });
  version = run.modelVersion ?? '';
}, 60_000);
afterAll(() => end());

const options = { count: 5, rerank: modelOrder };

test('a person whom the data lacks has no list, no history and no summary, and nothing fails', async () => {
  const { recommenders } = session;
  const nobody = { type: 'known', id: 'nobody' } as const;
  expect(await recommenders.personOf(version, 'nobody')).toBeNull();
  expect(await recommenders.listFor(version, nobody, options)).toBeNull();
  expect(await recommenders.hadBy(version, nobody, 10)).toBeNull();
  expect(await recommenders.searchPeople(version, 'nobody')).toEqual([]);
  expect((await recommenders.personOf(version, 'p3'))?.id).toBe('p3'); // the worker goes on
});

test('a new person’s ratings of items that the data lacks don’t count; the others make the list', async () => {
  const { recommenders } = session;
  const likes = { item: 'f4', value: 5 };
  const strange = ['of another version', '', '__proto__', 'F4', '4'];
  const mixed = [...strange.map((item) => ({ item, value: 5 })), likes];
  const found = await recommenders.itemsOf(version, [...strange, 'f4']);
  expect(found.map((item) => item && item.id)).toEqual([...strange.map(() => null), 'f4']);

  const [withStrange, alone, onlyStrange, untold] = await Promise.all(
    [mixed, [likes], mixed.slice(0, -1), []].map((ratings) =>
      recommenders.listFor(version, { type: 'new', ratings }, options),
    ),
  );
  expect(withStrange).toHaveLength(5);
  expect(withStrange).toEqual(alone);
  expect(await recommenders.hadBy(version, { type: 'new', ratings: mixed }, 10)).toEqual([
    found.at(-1)?.item,
  ]);
  // Of nothing that is known: what most people had.
  expect(onlyStrange).toHaveLength(5);
  expect(onlyStrange).toEqual(untold);
  const { users, items } = await recommenders.open(version);
  expect([users, items]).toEqual([30, 20]);
});

test('numbers that no person and no item has are refused by name, and the worker goes on', async () => {
  const { recommenders } = session;
  const noPerson = {
    code: 'not-found',
    message: expect.stringContaining('no user number 30: this model knows 30, from 0') as string,
  };
  const noItem = (item: number) => ({
    code: 'not-found',
    message: expect.stringContaining(
      `no item number ${item}: this model knows 20, from 0`,
    ) as string,
  });
  const strange = { ratings: [{ item: 20, value: 5 }] };
  await expect(recommenders.recommend(version, { user: 30 })).rejects.toMatchObject(noPerson);
  await expect(recommenders.history(version, { user: 30 })).rejects.toMatchObject(noPerson);
  await expect(recommenders.recommend(version, strange)).rejects.toMatchObject(noItem(20));
  await expect(recommenders.history(version, strange)).rejects.toMatchObject(noItem(20));
  for (const item of [20, -1, 1.5]) {
    await expect(recommenders.similar(version, item)).rejects.toMatchObject(noItem(item));
    await expect(recommenders.itemAt(version, item)).rejects.toMatchObject(noItem(item));
  }
  expect(await recommenders.similar(version, 19, 3)).toHaveLength(3);
  expect(await recommenders.recommend(version, { user: 29 }, { count: 3 })).toHaveLength(3);
});
