import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { changeDataSet } from '../../../src/data/change-data-set.ts';
import { numberCells } from '../../../src/data/number-cells.ts';
import { dataSetCodec, digestDataSet } from '../../../src/data/data-set-codec.ts';
import {
  columnInRole,
  type ColumnSource,
  type DuplicateRule,
  type SplitSpec,
} from '../../../src/data/schema.ts';
import { profileInteractions } from '../../../src/recommend/interaction-profile.ts';
import { readFeatures } from '../../../src/recommend/read-features.ts';
import { readInteractions, splitEvents } from '../../../src/recommend/read-interactions.ts';
import { suggestEvents, suggestKey } from '../../../src/recommend/suggest-events.ts';
import { memorySource, vectorOf } from '../../support/memory-source.ts';
import { importText } from '../../support/table-files.ts';
import { eventSource } from '../../support/event-source.ts';
import { takeBreaks } from '../../support/take-breaks.ts';

const number = (name: string) => ({ name, type: 'integer' as const });

test.each([
  [
    'MovieLens latest',
    ['userId', 'movieId', 'rating', 'timestamp'],
    ['userId', 'movieId', 'rating', 'timestamp'],
  ],
  [
    'RecBole',
    ['user_id:token', 'item_id:token', 'rating:float', 'timestamp:float'],
    ['user_id:token', 'item_id:token', 'rating:float', 'timestamp:float'],
  ],
  ['purchases', ['customer_id', 'sku', 'price', 'date'], ['customer_id', 'sku', null, 'date']],
  ['clicks', ['session', 'user', 'item'], ['user', 'item', null, null]],
  ['中文', ['用户', '电影', '评分'], ['用户', '电影', '评分', null]],
  [
    'u.data, without a header',
    ['column 1', 'column 2', 'column 3', 'column 4'],
    ['column 1', 'column 2', 'column 3', 'column 4'],
  ],
  [
    'ratings.dat, as it is imported',
    ['feature_1', 'feature_2', 'feature_3', 'feature_4'],
    ['feature_1', 'feature_2', 'feature_3', 'feature_4'],
  ],
])('%s: who, what, how much and when are told by the names', (_name, columns, expected) => {
  const [user, item, value, time] = expected;
  expect(suggestEvents(columns.map(number))).toEqual({ user, item, value, time });
});

test('a table of flowers is no table of events', () => {
  const columns = ['sepal length', 'sepal width', 'petal length', 'petal width', 'species'];
  expect(suggestEvents(columns.map(number))).toBeNull();
});

test.each([
  [['movieId', 'title', 'genres'], 'movieId'],
  [['name', 'product_id', 'price'], 'product_id'],
  [['code', 'label'], 'code'],
  [['user_id', 'item_id'], 'item_id'],
])('the ids of items are in the column that is called so: %s', (names, expected) => {
  expect(suggestKey(names.map(number), 'item')).toBe(expected);
});

test.each<[string, Parameters<typeof vectorOf>, number[], string[]]>([
  ['whole numbers', ['integer', [10, 9, null, 10]], [1, 0, -1, 1], ['9', '10']],
  ['huge ids', ['id', ['9007199254740993', '12', null]], [1, 0, -1], ['12', '9007199254740993']],
  ['text', ['id', ['b', 'a', 'b', null]], [1, 0, 1, -1], ['a', 'b']],
  ['categories', ['category', ['x', null, 'w']], [1, -1, 0], ['w', 'x']],
])(
  '%s are numbered by their order, whatever comes first',
  (_name, [type, cells], numbers, names) => {
    const found = numberCells(vectorOf(type, cells));
    expect([...found.numbers]).toEqual(numbers);
    expect(found.names).toEqual(names);
  },
);

test('rows become events: incomplete ones are left out, of a repeated pair the latest counts, seconds become ms', async () => {
  const { interactions, users, items, hasValues, incomplete, repeated } = await readInteractions(
    eventSource({
      users: ['b', 'a', 'b', null, 'a', 'a'],
      items: [20, 3, 20, 3, 3, 20],
      values: [1, 2, 5, 4, 3, null],
      times: [200, 100, 100, 300, 400, 500],
    }),
  );
  expect({ users, items, hasValues, incomplete, repeated }).toEqual({
    users: ['a', 'b'],
    items: ['3', '20'],
    hasValues: true,
    incomplete: 2,
    repeated: 2,
  });
  expect([...interactions.indices]).toEqual([0, 1]);
  expect([...interactions.values]).toEqual([3, 1]); // b's later 1, not the 5 before it
  expect([...(interactions.times ?? [])]).toEqual([400_000, 200_000]);
});

test('many events are read with breaks, told how far it is, and may be stopped there', async () => {
  const rows = Array.from({ length: 100_000 }, (_, row) => row);
  const source = eventSource({
    users: rows.map((row) => String((row * 7919) % 5003)),
    items: rows.map((row) => (row * 104_729) % 997),
    values: rows.map((row) => row % 5),
    times: rows,
  });
  takeBreaks();
  const shares: number[] = [];
  const { interactions } = await readInteractions(source, (done) => {
    shares.push(done);
    return Promise.resolve();
  });
  expect(interactions).toEqual((await readInteractions(source)).interactions);
  expect(shares.length).toBeGreaterThan(2);
  expect(shares.every((share, at) => share >= (shares[at - 1] ?? 0) && share <= 1)).toBe(true);
  let told = 0;
  const stopping = readInteractions(source, () => {
    told++;
    return Promise.reject(new Error('stopped'));
  });
  await expect(stopping).rejects.toThrow('stopped');
  expect(told).toBe(1);
});

test('repeats follow the data set’s rule: plays without a value are counted, negative strengths stay', async () => {
  const source = eventSource({
    users: ['a', 'a', 'b', 'a', 'b'],
    items: [1, 1, 1, 2, 1],
    values: [-3, -1, 4, 5, 2],
  });
  const read = (duplicates: DuplicateRule, of: ColumnSource = source) =>
    readInteractions({
      ...of,
      dataSet: { ...of.dataSet, events: { duplicates, likedFrom: null } },
    });
  const valuesBy = async (rule: DuplicateRule) => [...(await read(rule)).interactions.values];
  expect(await valuesBy('last')).toEqual([-1, 5, 2]);
  expect(await valuesBy('sum')).toEqual([-4, 5, 6]);
  expect(await valuesBy('highest')).toEqual([-1, 5, 4]);
  expect(await valuesBy('mean')).toEqual([-2, 5, 3]);
  const plays = await read('sum', eventSource({ users: [1, 1, 1], items: [7, 7, 8] }));
  expect([...plays.interactions.values]).toEqual([2, 1]);
  expect(plays.hasValues).toBe(true);
});

test('the rule of repeats is part of the data: another one is another version, the usual one is what was', async () => {
  const { dataSet } = memorySource({
    who: { type: 'integer', cells: [1] },
    what: { type: 'integer', cells: [1] },
  });
  const to = { user: 'who', item: 'what', value: null, time: null };
  const usual = await changeDataSet(dataSet, { type: 'events', to });
  const summed = await changeDataSet(usual, { type: 'events', to: { ...to, duplicates: 'sum' } });
  expect(summed.digest).not.toBe(usual.digest);
  expect(summed.parent).toBe(usual.digest);
  expect(dataSetCodec.decode(structuredClone(summed)).events?.duplicates).toBe('sum');
  const liked = await changeDataSet(usual, {
    type: 'events',
    to: { ...to, duplicates: 'sum', likedFrom: 3 },
  });
  expect(new Set([usual, summed, liked].map(({ digest }) => digest)).size).toBe(3);
  expect(liked.events).toEqual({ duplicates: 'sum', likedFrom: 3 });
  const back = await changeDataSet(summed, { type: 'events', to });
  expect(back.digest).toBe(usual.digest);
  // A version from before there was a choice has the digest that it had.
  const before = structuredClone(usual);
  delete before.events;
  expect(await digestDataSet(before)).toBe(usual.digest);
  expect(() =>
    dataSetCodec.decode({ ...structuredClone(summed), events: { duplicates: 'first' } }),
  ).toThrow();
});

test('what is liked needs a value, and a number to start from', async () => {
  const { dataSet } = memorySource({
    who: { type: 'integer', cells: [1] },
    what: { type: 'integer', cells: [1] },
    stars: { type: 'integer', cells: [1] },
  });
  const to = { user: 'who', item: 'what', value: null, time: null };
  await expect(
    changeDataSet(dataSet, { type: 'events', to: { ...to, likedFrom: 4 } }),
  ).rejects.toThrow('Liked from 4: events have no value');
  await expect(
    changeDataSet(dataSet, { type: 'events', to: { ...to, value: 'stars', likedFrom: NaN } }),
  ).rejects.toThrow('likedFrom NaN is not a finite number');
});

test('times in seconds, ms, µs and ISO may stand in one column; dates of before 1973 stay what they are', async () => {
  const cells = [
    ['1700000000'],
    ['1700000000000'],
    ['1700000000000000'],
    ['2023-11-14T22:13:20Z'],
    ['soon'],
  ];
  const table = (type: 'category' | 'date', times: (string | number)[]) =>
    memorySource({
      user: { type: 'integer', cells: times.map(() => 1), role: 'user' },
      item: { type: 'integer', cells: times.map((_, i) => i), role: 'item' },
      when: { type, cells: times, role: 'time' },
    });
  const { interactions } = await readInteractions(table('category', cells.flat()));
  expect([...(interactions.times ?? [])]).toEqual([1.7e12, 1.7e12, 1.7e12, 1.7e12, NaN]);
  const seconds = await readInteractions(
    eventSource({ users: [1, 1], items: [1, 2], times: [1_700_000_000, 1_700_000_000_000] }),
  );
  expect([...(seconds.interactions.times ?? [])]).toEqual([1.7e12, 1.7e12]);
  const old = await readInteractions(table('date', [-86_400_000, 86_400_000]));
  expect([...(old.interactions.times ?? [])]).toEqual([-86_400_000, 86_400_000]);
});

test('values that are no numbers are left out; those far from all others are told', async () => {
  const users = Array.from({ length: 300 }, (_, i) => i);
  const values = users.map((i) => 1 + (i % 5));
  values[7] = 99;
  values[8] = 1e39; // more than 32 bits hold
  values[9] = NaN;
  const { interactions, incomplete } = await readInteractions(
    eventSource({ users, items: users.map((i) => i % 10), values }),
  );
  expect(incomplete).toBe(2);
  expect(profileInteractions(interactions).farValues).toEqual({ count: 1, usual: [1, 5] });
  const equal = { ...interactions, values: interactions.values.map(() => 3) };
  expect(profileInteractions(equal).farValues).toBeNull();
});

test('dates and ms stay as they are, and events need no value', async () => {
  const { interactions, hasValues } = await readInteractions(
    eventSource({ users: [1, 1], items: [1, 2], times: [1.3e12, 1.4e12] }),
  );
  expect(hasValues).toBe(false);
  expect([...interactions.values]).toEqual([1, 1]);
  expect([...(interactions.times ?? [])]).toEqual([1.3e12, 1.4e12]);
});

test.each<[string, ColumnSource, string]>([
  [
    'no user',
    memorySource({ item: { type: 'integer', cells: [1], role: 'item' } }),
    'Say which columns are the user and the item',
  ],
  [
    'only gaps',
    eventSource({ users: [null, 1], items: [1, null] }),
    'No row has a user, an item and a value',
  ],
  [
    'a value in words',
    memorySource({
      user: { type: 'integer', cells: [1], role: 'user' },
      item: { type: 'integer', cells: [1], role: 'item' },
      stars: { type: 'category', cells: ['good'], role: 'target' },
    }),
    'column "stars": the column of the value must hold numbers, this one is of type category',
  ],
  [
    'a time in words',
    memorySource({
      user: { type: 'integer', cells: [1], role: 'user' },
      item: { type: 'integer', cells: [1], role: 'item' },
      when: { type: 'category', cells: ['yesterday'], role: 'time' },
    }),
    'column "when": the column of the time must hold dates or numbers; "yesterday" is neither',
  ],
  [
    'ids that numbers can’t tell apart',
    eventSource({ users: [1e18, 1e18 + 128], items: [1, 2] }),
    'column "user": 1000000000000000000 is beyond 2⁵³',
  ],
])('%s: it is said what is missing', async (_name, source, message) => {
  await expect(readInteractions(source)).rejects.toThrow(message);
});

test('each user’s last event tests and the one before it validates; rows can’t be split as a table’s', async () => {
  const { interactions } = await readInteractions(
    eventSource({ users: [1, 1, 1, 2], items: [1, 2, 3, 1], times: [3, 2, 1, 9] }),
  );
  const {
    train,
    validation,
    test: tested,
  } = splitEvents(interactions, {
    type: 'last-out',
    validation: true,
  });
  expect([[...train.indices], [...validation.indices], [...tested.indices]]).toEqual([
    [2, 0], // the one event of user 2 trains
    [1],
    [0],
  ]);
  const random: SplitSpec = { type: 'random', seed: 1, validation: 0.1, test: 0.1, stratify: true };
  expect(() => splitEvents(interactions, random)).toThrow('Events can\'t be split by "random"');
});

test('to say which columns are who and what is one change, and brings a split of events with it', async () => {
  const { dataSet } = memorySource({
    who: { type: 'integer', cells: [1] },
    what: { type: 'integer', cells: [1] },
    stars: { type: 'integer', cells: [1], role: 'target' },
    when: { type: 'integer', cells: [1] },
    note: { type: 'text', cells: [''] },
  });
  const to = { user: 'who', item: 'what', value: 'stars', time: 'when' };
  const next = await changeDataSet(dataSet, { type: 'events', to });
  expect(columnInRole(next, 'user')?.name).toBe('who');
  expect(columnInRole(next, 'item')?.name).toBe('what');
  expect(columnInRole(next, 'target')?.name).toBe('stars');
  expect(columnInRole(next, 'time')?.name).toBe('when');
  expect(next.columns.at(-1)?.role).toBe('ignored');
  expect(next.split.type).toBe('per-user');
  await expect(
    changeDataSet(dataSet, { type: 'events', to: { ...to, item: 'who' } }),
  ).rejects.toThrow('must be different columns');
  // A role that only one column can have is taken from the one that had it.
  const other = await changeDataSet(next, { type: 'role', column: 'note', to: 'user' });
  expect(other.columns.filter(({ role }) => role === 'user').map(({ name }) => name)).toEqual([
    'note',
  ]);
});

test('a table of items gives titles, categories by their separator, and standardised numbers', async () => {
  const genres = ['Drama|War', 'Comedy', 'Comedy|Drama', null];
  const source = memorySource({
    id: { type: 'integer', cells: [7, 3, 5, 9], role: 'item' },
    title: { type: 'text', cells: ['Seven', 'Three', 'Five', 'Nine'] },
    genres: { type: 'text', cells: genres },
    year: { type: 'integer', cells: [1990, 2000, 2010, null] },
  });
  const { features, titles, unknown } = await readFeatures(source, ['3', '5', '7', '8']);
  expect(titles).toEqual(['Three', 'Five', 'Seven', '8']);
  expect(unknown).toBe(1);
  expect(features.texts).toEqual(['Three', 'Five', 'Seven', '']);
  const { names = [], starts = [], indices = [] } = features.categories ?? {};
  const of = (item: number) =>
    [...indices.slice(starts[item], starts[item + 1])].map((i) => names[i]);
  expect([of(0), of(1), of(2).sort(), of(3)]).toEqual([
    ['Comedy'],
    ['Comedy', 'Drama'],
    ['Drama', 'War'],
    [],
  ]);
  const years = [...(features.numbers?.values ?? [])];
  expect(years[0]).toBeCloseTo(0);
  expect((years[1] ?? 0) + (years[2] ?? 0)).toBeCloseTo(0);
  expect(years[3]).toBe(0);
});

test('MovieLens 1M’s movies and RecBole’s items give titles, and categories by spaces where the header says so', async () => {
  const films = Array.from({ length: 12 }, (_, i) => `${i + 1}::Amélie, "${i}": the film (2001)::`);
  const dat = films
    .map((film, i) => `${film}${i % 2 ? 'Drama' : "Children's|Comedy"}\r\n`)
    .join('');
  const latin1 = Uint8Array.from(dat, (letter) => letter.charCodeAt(0));
  const movies = await importText(latin1, 'movies.dat');
  const keyed = async ({ dataSet, source }: Awaited<ReturnType<typeof importText>>) => {
    const key = suggestKey(dataSet.columns, 'item') ?? '';
    const next = await changeDataSet(dataSet, { type: 'role', column: key, to: 'item' });
    return { dataSet: next, column: (name: string) => source.column(name) };
  };
  const found = await readFeatures(await keyed(movies), ['1', '2']);
  expect(found.titles).toEqual(['Amélie, "0": the film (2001)', 'Amélie, "1": the film (2001)']);
  expect(found.features.categories?.names).toEqual(["Children's", 'Comedy', 'Drama']);

  const header =
    'item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\tv:float_seq';
  const rows = [
    '1\tToy Story\t1995\tAnimation Comedy\t.1 .2',
    '2\tHeat\t1995\tAction Crime Comedy\t.3 .4',
  ];
  const items = await importText(`${header}\n${rows.join('\n')}\n`, 'ml.item');
  const { features, titles } = await readFeatures(await keyed(items), ['2', '1']);
  expect(titles).toEqual(['Heat', 'Toy Story']);
  expect(features.categories?.names).toEqual(
    expect.arrayContaining(['Action', 'Crime', 'Animation']),
  );
  expect(features.categories?.names).not.toContain('Action Crime Comedy');
  expect(features.categories?.names).not.toContain('.3 .4');
});

test('a table of people, as MovieLens has it: features for all, facts to show, and no features of what is each one’s own', async () => {
  const jobs = ['technician', 'writer', 'other'];
  const lines = Array.from(
    { length: 30 },
    (_, i) => `${i + 1}|${20 + i}|${i % 2 ? 'M' : 'F'}|${jobs[i % 3]}|${85_711 + i}`,
  );
  const { dataSet, source } = await importText(`${lines.join('\n')}\n`, 'u.user');
  expect(dataSet.dialect).toMatchObject({ delimiter: '|', header: false });
  const column = suggestKey(dataSet.columns, 'user') ?? '';
  const keyed = await changeDataSet(dataSet, { type: 'role', column, to: 'user' });
  const people = { dataSet: keyed, column: (name: string) => source.column(name) };
  const { features, factsOf, unknown } = await readFeatures(people, ['2', '99', '1'], 'users');
  expect(features.categories?.names.toSorted()).toEqual(['F', 'M', 'technician', 'writer']);
  expect(features.numbers?.names).toContain('feature_2');
  expect(unknown).toBe(1);
  expect(factsOf(0)).toEqual([
    { name: 'feature_2', value: '21' },
    { name: 'feature_3', value: 'M' },
    { name: 'feature_4', value: 'writer' },
    { name: 'feature_5', value: '85712' },
  ]);
  expect(factsOf(1)).toEqual([]);
  await expect(readFeatures(people, ['1'])).rejects.toThrow('is the item');
});

test('the bundled films: what the sample says of itself is so', async () => {
  const text = await readFile('public/samples/movielens-ratings.csv', 'utf8');
  expect(text.trim().split('\n').length - 1).toBe(72_641);
});
