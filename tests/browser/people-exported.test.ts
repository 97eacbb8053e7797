import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProjectSession } from '../../src/state/project-session.svelte.ts';
import { modelOrder } from '../../src/state/recommend-session.svelte.ts';
import type { Workspace } from '../../src/state/workspace.svelte.ts';
import { fileOf, projectOf, ratingsOf } from '../support/studio-project.ts';

let workspace: Workspace;
let id: string;
let session: ProjectSession;

beforeAll(async () => {
  ({ workspace, id, session } = await projectOf(ratingsOf(30, { films: 20, each: 8 })));
  const people = ['person,age,joined,town'];
  for (let person = 0; person < 31; person++)
    people.push(
      `p${person},${20 + person},2020-03-${String(person + 1).padStart(2, '0')},T${person % 2}`,
    );
  await session.data.importBeside('users', [fileOf('people.csv', people)], 'person');
  const films = ['film,title,genre'];
  for (let film = 0; film < 20; film++) films.push(`f${film},Film ${film},G${film % 2}`);
  await session.data.importBeside('items', [fileOf('films.csv', films)], 'film');
  await session.train({
    learner: 'two-tower',
    settings: { units: 8, hidden: 8, epochs: 1, batchSize: 32 },
  });
  const newPersonFacts = { town: 'T1', joined: Date.UTC(2021, 4, 6) };
  await session.save({ newPersonFacts, newPerson: [{ item: 'f3', value: 5 }] });
}, 90_000);

afterAll(() => workspace.deleteEverything());

/** All that rests on the tables of people and of items. */
async function known({ record, data, training, models, recommenders }: ProjectSession) {
  const version = models.version().id;
  const options = { count: 5, rerank: modelOrder };
  const { userData, itemData, newPerson, newPersonFacts } = record;
  const told = { type: 'new', ratings: newPerson ?? [], facts: newPersonFacts ?? {} } as const;
  return {
    tables: { userData, itemData, newPerson, newPersonFacts },
    users: { ...data.users, projectId: null },
    items: { ...data.items, projectId: null },
    runs: training.runs.map(({ record: run }) => [run.userData, run.itemData, run.status]),
    versions: models.versions.map(({ number, metrics }) => ({ number, metrics })),
    summary: await recommenders.open(version),
    person: await recommenders.personOf(version, 'p7'),
    /** Without events. */
    stranger: await recommenders.personOf(version, 'p30'),
    lists: [
      await recommenders.listFor(version, { type: 'known', id: 'p7' }, options),
      await recommenders.listFor(version, { type: 'known', id: 'p30' }, options),
      await recommenders.listFor(version, told, options),
    ],
  };
}

test('facts of people, and the runs and models that rest on them, outlive the project in its file', async () => {
  const before = await known(session);
  const { userData } = session.record;
  expect(userData).toMatch(/^[0-9a-f]{64}$/);
  expect(before.users).toMatchObject({ digest: userData, about: 'users', rows: 31 });
  expect(before.runs).toEqual([[userData, session.record.itemData, 'completed']]);
  expect(before.summary.personFields.map(({ name }) => name)).toEqual(['age', 'joined', 'town']);
  expect(before.person?.facts).toContainEqual({ name: 'age', value: '27' });
  expect(before.stranger).toMatchObject({ events: 0 });
  expect(before.stranger?.facts).toContainEqual({ name: 'town', value: 'T0' });
  for (const list of before.lists) expect(list).toHaveLength(5);

  const file = await workspace.exportProject(id);
  const copy = await workspace.importProject(file); // beside the project, as another
  expect(copy).not.toBe(id);
  await workspace.deleteProject(id); // and the bytes that nothing else names
  expect(await known(await workspace.openProject(copy))).toEqual(before);

  expect(await workspace.importProject(file)).toBe(id); // in its place
  await workspace.deleteProject(copy);
  session = await workspace.openProject(id);
  expect(await known(session)).toEqual(before);
});

test('what a model of people was never told of is as if it had not been said', async () => {
  const list = (facts: Record<string, string | number>) =>
    session.recommenders.listFor(
      session.models.version().id,
      { type: 'new', ratings: [], facts },
      { count: 5, rerank: modelOrder },
    );
  const facts = { town: 'T1' };
  expect(await list(facts)).not.toEqual(await list({}));
  expect(await list({ ...facts, height: 180, age: 'old' })).toEqual(await list(facts));
  expect(await list({ town: 'T9' })).toEqual(await list({}));
});
