/** One method asked by a new person who rates one item after the other, in a process of its own: nothing is warm. */
import { Random } from '../../../src/lib/random.ts';
import { AskedRecommender } from '../../../src/recommend/asked-recommender.ts';
import { buildInteractions } from '../../../src/recommend/build-interactions.ts';
import { allMethods } from '../../../src/recommend/engine/methods.ts';
import type { Interactions } from '../../../src/recommend/interactions.ts';
import type { ItemFeatures } from '../../../src/recommend/item-features.ts';
import { binary } from '../../../src/recommend/read-interactions.ts';
import type { Recommender, RecommenderMethod } from '../../../src/recommend/recommender.ts';
import { listFor } from '../../../workers/recommend/list-for.ts';
import { generateRatings } from './generate.ts';

const [id = '', users = '', items = '', count = ''] = process.argv.slice(2);
const shape = { users: Number(users), items: Number(items) };
const ratings = 20;
const genres = 18;

/** What a model is asked is as quick after one epoch as after twenty. */
const short: Record<string, object> = {
  'biased-mf': { epochs: 1 },
  ...{ bpr: { epochs: 1 }, ials: { epochs: 1 }, 'two-tower': { epochs: 1 } },
  ...{ sasrec: { epochs: 1 }, gru4rec: { epochs: 1 } },
  hybrid: {
    combination: 'rank-fusion',
    members: [
      { method: 'ials', weight: 1, settings: { epochs: 1 } },
      { method: 'content-based', weight: 0.3 },
    ],
  },
};

/** Items of one to three genres. */
function features(): ItemFeatures {
  const random = new Random(3, 'bench-genres');
  const of = Array.from({ length: shape.items }, () =>
    [...new Set([0, 0, 0].map(() => random.integer(genres)))].sort((a, b) => a - b),
  );
  const starts = new Uint32Array(shape.items + 1);
  of.forEach((own, item) => (starts[item + 1] = (starts[item] ?? 0) + own.length));
  return {
    items: shape.items,
    categories: {
      names: Array.from({ length: genres }, (_, genre) => `genre ${genre}`),
      ...{ starts, indices: Uint32Array.from(of.flat()) },
    },
    ...{ texts: null, numbers: null },
  };
}

async function fit(train: Interactions, about: ItemFeatures): Promise<Recommender> {
  const method = new Map(Object.entries(allMethods)).get(id) as unknown as
    | RecommenderMethod<object> // each is given its own settings
    | undefined;
  if (!method) throw new Error(`No method "${id}"`);
  // By the numbers alone, items × items: any will do, and the time is the same.
  if (id === 'ease')
    return method.open({
      method: id,
      settings: { items: shape.items },
      arrays: { weights: new Float32Array(shape.items ** 2).map((_, at) => Math.sin(at)) },
    });
  const settings = { ...method.defaults, ...short[id] };
  const context = { seed: 1, breathe: () => Promise.resolve() };
  // Of these, who it was fitted to is no part of the model.
  const few = ['two-tower', 'sasrec', 'gru4rec'].includes(id) ? firstPeople(train, 100) : train;
  const fitted = await method.fit(few, settings, context, about);
  return method.open(structuredClone(fitted.save())); // as the worker has it
}

function firstPeople(all: Interactions, users: number): Interactions {
  const end = all.starts[users] ?? 0;
  const { items, starts, indices, values, times } = all;
  return {
    ...{ users, items, starts: starts.slice(0, users + 1), indices: indices.slice(0, end) },
    ...{ values: values.slice(0, end), times: times?.slice(0, end) ?? null },
  };
}

const events = buildInteractions(
  generateRatings(shape.users, shape.items, Number(count)),
  shape,
  'last',
);
const learnsValues = id === 'biased-mf';
const times = Float64Array.from(events.indices.keys());
const train = { ...(learnsValues ? events : binary(events)), times };
const about = features();
const nothing = buildInteractions(
  {
    users: new Uint32Array(),
    items: new Uint32Array(),
    ...{ values: new Float32Array(), times: null },
  },
  shape,
  'last',
);
const ids = (length: number) => Array.from({ length }, (_, i) => String(i));
const asked = new AskedRecommender(await fit(train, about), {
  table: {
    ...{ interactions: events, users: ids(shape.users), items: ids(shape.items) },
    ...{ hasValues: true, incomplete: 0, repeated: 0, likedFrom: null },
  },
  parts: { train, validation: nothing, test: nothing, seen: null },
  items: {
    ...{ titles: ids(shape.items), features: about, unknown: 0 },
    ...{ factsOf: () => [], cellsOf: () => ({}) },
  },
  ...{ people: null, newUsers: [], eventItems: shape.items, learnsValues },
});

const random = new Random(9, 'bench-person');
const told: { item: number; value: number }[] = [];
const spent: number[] = [];
for (let n = 0; n < ratings; n++) {
  const item = random.integer(shape.items);
  if (told.some((rating) => rating.item === item)) continue;
  told.push({ item, value: 1 + random.integer(5) });
  const before = process.cpuUsage();
  const list = listFor(
    asked,
    { ratings: told },
    { count: 10, rerank: { diversity: 0, popularity: 0, freshness: 0 } },
  );
  const { user, system } = process.cpuUsage(before);
  if (list.length !== 10) throw new Error(`A list of ${list.length}`);
  spent.push((user + system) / 1000);
}
const [first = NaN, ...others] = spent;
const sorted = others.toSorted((a, b) => a - b);
console.log(
  JSON.stringify({
    first,
    median: sorted[sorted.length >> 1],
    most: sorted.at(-1),
    all: spent,
  }),
);
