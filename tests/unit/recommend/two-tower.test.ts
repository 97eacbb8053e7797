import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/lib/random.ts';
import { drawBatch, usersOfEvents } from '../../../src/recommend/engine/two-tower/batches.ts';
import { method as twoTower } from '../../../src/recommend/engine/two-tower/method.ts';
import {
  createTwoTowerSteps,
  type TwoTowerBatch,
} from '../../../src/recommend/engine/two-tower/steps.ts';
import { lackOfTexts } from '../../../src/recommend/told-texts.ts';
import { itemVectors } from '../../../src/recommend/methods/content-based/tf-idf.ts';
import { tasteOf } from '../../../src/recommend/interactions.ts';
import { readFeatures } from '../../../src/recommend/read-features.ts';
import type { FitProgress, Recommender } from '../../../src/recommend/recommender.ts';
import { memorySource } from '../../support/memory-source.ts';
import {
  categoriesOf,
  fitContext,
  interactionsOf,
  tasteFor,
  type Event,
} from '../../support/tiny-tastes.ts';

const settings = {
  ...{ units: 8, hidden: 8, idDropout: 0.3, mostWords: 10, history: 4 },
  ...{ candidates: 20, epochs: 25, batchSize: 16, learningRate: 0.01, text: 'tf-idf' as const },
};

function drained<T>(work: Generator<unknown, T, undefined>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Items 0–9 are red, 10–19 blue, 20 is red and 21 blue, but nobody has had these two. People like one colour. */
const colours = Array.from({ length: 22 }, (_, item) =>
  item === 20 || item < 10 ? ['red'] : ['blue'],
);
const features = { items: 22, categories: categoriesOf(colours), texts: null, numbers: null };
function events(): Event[] {
  const random = new Random(5);
  return Array.from({ length: 40 }, (_, user) => {
    const items = random.shuffle(Array.from({ length: 10 }, (__, i) => i));
    return items.slice(0, 5).map((item): Event => [user, item + 10 * (user % 2)]);
  }).flat();
}
const interactions = interactionsOf(events(), [40, 22]);

const scoresOf = (model: Recommender, taste: ReturnType<typeof tasteFor>) => {
  const out = new Float32Array(model.items);
  model.score(taste, out);
  return out;
};

test('a step tells the loss of its definition and goes down its gradient, to what no vectors could better', () => {
  const vectors = drained(
    itemVectors(features, { categories: 1, words: 1, numbers: 1 }, { leastItems: 1, mostWords: 9 }),
  );
  const job = { ...settings, items: 22, candidates: 6, histories: 9, features: vectors };
  const batch: TwoTowerBatch = {
    history: { items: Uint32Array.of(0, 3, 11, 20), hasOwn: Uint8Array.of(1, 0, 1, 0) },
    people: [Uint32Array.of(0, 1), Uint32Array.of(1, 2, 3), new Uint32Array(0)],
    offered: {
      items: Uint32Array.of(1, 3, 12, 15),
      hasOwn: Uint8Array.of(1, 1, 0, 1),
      shifts: Float32Array.of(-0.1, -0.5, 0, -1),
    },
    targets: Uint32Array.of(0, 3, 2),
    known: [Uint32Array.of(0, 1), new Uint32Array(0), Uint32Array.of(2)],
  };
  const own = Uint8Array.from({ length: 22 }, () => 1);
  /** The loss from the towers' vectors, by its definition. */
  const lossBy = (history: Float32Array | Float64Array, offered: Float32Array | Float64Array) => {
    let total = 0;
    batch.people.forEach((places, person) => {
      const logits = Array.from(batch.offered.items, (_, column) => {
        const target = batch.targets[person] ?? 0;
        if (column !== target && batch.known[person]?.includes(column)) return -Infinity;
        let sum = -(batch.offered.shifts[column] ?? 0);
        for (const place of places)
          for (let k = 0; k < 8; k++)
            sum +=
              ((history[place * 8 + k] ?? NaN) * (offered[column * 8 + k] ?? NaN)) / places.length;
        return sum;
      });
      const log = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      total += log - (logits[batch.targets[person] ?? 0] ?? NaN);
    });
    return total / batch.people.length;
  };
  const create = () => createTwoTowerSteps(job, new Random(1));
  const vectorsOf = (steps: ReturnType<typeof create>) => {
    const pick = (name: 'history' | 'offered') => {
      const { items, hasOwn } = batch[name];
      const [withOwn, without] = [
        drained(steps.vectors(name, own)),
        drained(steps.vectors(name, new Uint8Array(22))),
      ];
      return Float32Array.from(
        [...items].flatMap((item, i) => [
          ...(hasOwn[i] ? withOwn : without).subarray(item * 8, item * 8 + 8),
        ]),
      );
    };
    return [pick('history'), pick('offered')] as const;
  };
  const expected = lossBy(...vectorsOf(create()));
  const steps = create();
  expect(drained(steps.step(batch, 0))).toBeCloseTo(expected, 4);
  // Adam's first step moves each number by the rate against the sign of its gradient, which differences give.
  const rate = 1e-3;
  const moved = create();
  drained(moved.step(batch, rate));
  const start = vectorsOf(create());
  let compared = 0;
  (['history', 'offered'] as const).forEach((name, which) => {
    const ownOf = (one: ReturnType<typeof create>) => {
      const [withOwn, without] = [
        drained(one.vectors(name, own)),
        drained(one.vectors(name, new Uint8Array(22))),
      ];
      return withOwn.map((value, i) => value - (without[i] ?? NaN));
    };
    const [before, after] = [ownOf(create()), ownOf(moved)];
    batch[name].items.forEach((item, row) => {
      for (let k = 0; k < 8; k++) {
        const shifted = (by: number) => {
          const changed = start.map((values) => Float64Array.from(values));
          const place = row * 8 + k;
          (changed[which] ?? [])[place] = (start[which]?.[place] ?? NaN) + by;
          return lossBy(...(changed as [Float64Array, Float64Array])); // as many as there were
        };
        const slope = (shifted(1e-4) - shifted(-1e-4)) / 2e-4;
        const step = (after[item * 8 + k] ?? NaN) - (before[item * 8 + k] ?? NaN);
        if (batch[name].hasOwn[row] && Math.abs(slope) > 1e-4) {
          expect(step, `${name} ${item}, ${k}`).toBeCloseTo(-rate * Math.sign(slope), 5);
          compared++;
        } else if (!batch[name].hasOwn[row]) expect(Math.abs(step)).toBeLessThan(1e-6);
      }
    });
  });
  expect(compared).toBeGreaterThan(30);
  for (let i = 0; i < 200; i++) drained(steps.step(batch, 0.02));
  // Of the person without a history only the shifts tell items apart.
  const { shifts } = batch.offered;
  const floor = Math.log(shifts.reduce((sum, shift) => sum + Math.exp(-shift), 0)) / 3;
  const reached = lossBy(...vectorsOf(steps));
  expect(reached).toBeGreaterThan(floor);
  expect(reached).toBeLessThan(floor + 0.01);
});

test('a batch: histories leave the target out, and what nobody has had is never offered', () => {
  const users = usersOfEvents(interactions);
  const frequencies = new Float64Array(22);
  for (const item of interactions.indices) frequencies[item] = (frequencies[item] ?? 0) + 1;
  const taught = Uint32Array.of(0, 7, 60, 199);
  const batch = drawBatch(
    ...([interactions, taught, users, frequencies, settings, new Random(2)] as const),
  );
  expect(batch.people).toHaveLength(4);
  taught.forEach((event, i) => {
    const target = interactions.indices[event];
    expect(batch.offered.items[batch.targets[i] ?? NaN]).toBe(target);
    const history = Array.from(batch.people[i] ?? [], (place) => batch.history.items[place]);
    expect(history).toHaveLength(4);
    expect(history).not.toContain(target);
    const user = users[event] ?? 0;
    const known = Array.from(batch.known[i] ?? [], (column) => batch.offered.items[column] ?? NaN);
    for (const item of known)
      expect(interactions.indices.subarray(5 * user, 5 * user + 5)).toContain(item);
  });
  expect(batch.offered.items).not.toContain(20);
  expect(batch.offered.items).not.toContain(21);
  expect(new Set(batch.history.items).size).toBe(batch.history.items.length);
});

test('items that nobody has had find their people by features, and reasons sum to the score', async () => {
  const told: FitProgress[] = [];
  const epochs: number[] = [];
  const context = {
    seed: 1,
    breathe: (progress: FitProgress) => Promise.resolve(void told.push(progress)),
    onEpoch: (epoch: number) => Promise.resolve(void epochs.push(epoch)),
  };
  const model = await twoTower.fit(interactions, settings, context, features);
  const red = scoresOf(model, tasteFor([1, 4]));
  const blue = scoresOf(model, tasteFor([12, 15]));
  expect(red[20]).toBeGreaterThan(red[21] ?? NaN);
  expect(blue[21]).toBeGreaterThan(blue[20] ?? NaN);
  // As warm ones do.
  expect(Math.min(...red.subarray(0, 10))).toBeGreaterThan(Math.max(...red.subarray(10, 20)));
  // A new item in the history counts as well.
  const cold = scoresOf(model, tasteFor([21]));
  expect(cold[13]).toBeGreaterThan(cold[3] ?? NaN);
  const { parts, isExact } = model.reasons(tasteFor([1, 4]), 20);
  expect(isExact).toBe(true);
  expect(parts.map(({ index }) => index).toSorted()).toEqual([1, 4]);
  expect(parts.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(red[20] ?? NaN, 4);
  expect(model.similar(20, 3)?.every(({ item }) => item < 10)).toBe(true);
  expect([...scoresOf(model, tasteFor([]))].every((score) => score === 0)).toBe(true);
  expect(epochs).toHaveLength(settings.epochs);
  expect(told.at(-1)?.done).toBe(1);
  const losses = told.flatMap(({ loss }) => loss ?? []);
  expect(losses.at(-1)).toBeLessThan(losses[0] ?? NaN);
  const again = await twoTower.fit(interactions, settings, fitContext(1), features);
  expect(scoresOf(again, tasteFor([1, 4]))).toEqual(red);
  const opened = twoTower.open(structuredClone(model.save()));
  expect(scoresOf(opened, tasteFor([1, 4]))).toEqual(red);
});

test("it says what it can't be fitted to, and hears a cancel", async () => {
  const fit = (of = interactions, given: Parameters<typeof twoTower.fit>[3] = features) =>
    twoTower.fit(of, settings, fitContext(), given);
  await expect(fit(interactions, null)).rejects.toThrow('nothing is known of the items');
  await expect(
    fit(
      interactionsOf(
        [
          [0, 0],
          [0, 1],
        ],
        [1, 2],
      ),
    ),
  ).rejects.toThrow('features are of 22 items, events of 2');
  await expect(
    fit(
      interactionsOf(
        [
          [0, 0],
          [1, 1],
        ],
        [2, 22],
      ),
    ),
  ).rejects.toThrow('nobody has two events');
  const cancelled = new Error('cancelled');
  const context = { ...fitContext(), breathe: () => Promise.reject(cancelled) };
  await expect(twoTower.fit(interactions, settings, context, features)).rejects.toBe(cancelled);
  const saved = {
    method: 'two-tower',
    settings: { width: 3 },
    arrays: { history: new Float32Array(3), offered: new Float32Array(4) },
  };
  expect(() => twoTower.open(saved)).toThrow('"offered" has 4 numbers, not 3');
  expect(twoTower.memory(interactions, settings)).toBeGreaterThan(1000);
});

test('what is known of people serves who has no events, and is one part of the score beside the history', async () => {
  // Even people like red, odd ones blue, and their table says so; the last two have no events yet.
  const users = 42;
  const teams = Array.from({ length: users }, (_, user) => [user % 2 === 0 ? 'even' : 'odd']);
  const people = { items: users, categories: categoriesOf(teams), texts: null, numbers: null };
  const all = interactionsOf(events(), [users, 22]);
  const context = { ...fitContext(), people };
  const model = await twoTower.fit(all, settings, context, features);
  const of = (user: number) => scoresOf(model, tasteOf(all, user));
  expect(Math.min(...of(40).subarray(0, 10))).toBeGreaterThan(Math.max(...of(40).subarray(10, 20)));
  expect(Math.min(...of(41).subarray(10, 20))).toBeGreaterThan(Math.max(...of(41).subarray(0, 10)));
  // A new person is served by the history alone, as before.
  const red = scoresOf(model, tasteFor([1, 4]));
  expect(Math.min(...red.subarray(0, 10))).toBeGreaterThan(Math.max(...red.subarray(10, 20)));
  const { parts, isExact } = model.reasons(tasteOf(all, 0), 20);
  expect(isExact).toBe(true);
  expect(parts.filter(({ kind }) => kind === 'person')).toHaveLength(1);
  expect(parts.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(of(0)[20] ?? NaN, 4);
  const opened = twoTower.open(structuredClone(model.save()));
  expect(scoresOf(opened, tasteOf(all, 41))).toEqual(of(41));
  await expect(twoTower.fit(interactions, settings, context, features)).rejects.toThrow(
    'two-tower: features are of 42 people, events of 40',
  );
});

test('what a new person tells of themselves counts as the same facts of somebody of the table do', async () => {
  const users = 42;
  const table = memorySource({
    id: { type: 'integer', cells: Array.from({ length: users }, (_, i) => i), role: 'user' },
    age: {
      type: 'number',
      cells: Array.from({ length: users }, (_, i) => (i % 7 ? 20 + (i % 7) : null)),
    },
    team: {
      type: 'category',
      cells: Array.from({ length: users }, (_, i) => ['even', 'odd'][i % 2] ?? ''),
    },
    plays: {
      type: 'category',
      cells: Array.from({ length: users }, (_, i) => ['chess|go', 'go', 'chess'][i % 3] ?? ''),
    },
    about: {
      type: 'text',
      cells: Array.from({ length: users }, (_, i) => `Number ${i} likes ${i % 5} tea and tea`),
    },
  });
  const people = await readFeatures(
    table,
    Array.from({ length: users }, (_, i) => String(i)),
    'users',
  );
  const all = interactionsOf(events(), [users, 22]);
  const fitted = await twoTower.fit(
    all,
    settings,
    { ...fitContext(), people: people.features },
    features,
  );
  const model = twoTower.open(structuredClone(fitted.save()));
  expect(model.personFields).toEqual([
    {
      type: 'number',
      name: 'age',
      mean: expect.any(Number) as number,
      deviation: expect.any(Number) as number,
    },
    { type: 'categories', name: 'team', separator: null, values: ['even', 'odd'] },
    { type: 'categories', name: 'plays', separator: '|', values: ['chess', 'go'] },
    { type: 'text', name: 'about' },
  ]);
  for (const user of [0, 7, 40, 41]) {
    const { items, values, times } = tasteOf(all, user);
    const told = scoresOf(model, { items, values, times, facts: people.cellsOf(user) });
    const known = scoresOf(model, tasteOf(all, user));
    told.forEach((score, item) => expect(score).toBeCloseTo(known[item] ?? NaN, 4));
  }
  const told = scoresOf(model, { ...tasteFor([]), facts: { team: 'odd' } });
  expect(Math.min(...told.subarray(10, 20))).toBeGreaterThan(Math.max(...told.subarray(0, 10)));
  // Of what it was never told of it knows nothing.
  for (const facts of [{}, { team: 'none' }, { shoes: 43 }, { plays: 7 }])
    expect([...scoresOf(model, { ...tasteFor([]), facts })].some((score) => score !== 0)).toBe(
      false,
    );
  const { parts } = model.reasons({ ...tasteFor([1]), facts: { team: 'odd' } }, 20);
  expect(parts.map(({ kind }) => kind).toSorted()).toEqual(['item', 'person']);
  const saved = model.save();
  expect(() => twoTower.open({ ...saved, settings: { ...saved.settings, person: '{}' } })).toThrow(
    "doesn't say how people are known",
  );
});

describe('with the sentence encoder', () => {
  // Two kinds of texts, as an encoder gives them: near each other, but none the same. No word is shared.
  const width = 6;
  const random = new Random(9);
  const texts = colours.map(([colour], item) => `${colour ?? ''}${item}`);
  const values = new Float32Array(22 * width);
  colours.forEach(([colour], item) => {
    const row = Array.from(
      { length: width },
      (_, k) => (k === (colour === 'red' ? 0 : 1) ? 1 : 0) + 0.6 * (random.uniform() - 0.5),
    );
    row.forEach((value, k) => (values[item * width + k] = value / Math.hypot(...row)));
  });
  const encoded = {
    ...{ items: 22, categories: null, texts, numbers: null },
    embeddings: { values, width },
  };
  const bySense = { ...settings, text: 'sentence-encoder' as const };

  test('a new item of which only a text is known is ranked beside those whose texts are alike', async () => {
    const model = await twoTower.fit(interactions, bySense, fitContext(), encoded);
    const red = scoresOf(model, tasteFor([1, 4]));
    const blue = scoresOf(model, tasteFor([12, 15]));
    expect(red[20]).toBeGreaterThan(Math.max(...red.subarray(10, 20)));
    expect(blue[21]).toBeGreaterThan(Math.max(...blue.subarray(0, 10)));
    expect(model.similar(20, 5)?.every(({ item }) => item < 10)).toBe(true);
    expect(model.similar(21, 5)?.every(({ item }) => item >= 10)).toBe(true);
    const opened = twoTower.open(structuredClone(model.save()));
    expect(scoresOf(opened, tasteFor([1, 4]))).toEqual(red);
    await expect(
      twoTower.fit(interactions, bySense, fitContext(), { ...encoded, embeddings: null }),
    ).rejects.toThrow('two-tower: nobody has encoded the texts of the items');
  });

  test('where there is no text it says why it can’t be had', async () => {
    await expect(twoTower.fit(interactions, bySense, fitContext(), features)).rejects.toThrow(
      'two-tower: the sentence encoder has nothing to encode, for no column of the table of items holds titles',
    );
  });

  test('whether there can be any shows by the columns of the table of items', () => {
    const of = (columns: Parameters<typeof memorySource>[0]) =>
      lackOfTexts(memorySource(columns).dataSet);
    expect(lackOfTexts(null)).toBe('no-table');
    const id = { type: 'id', cells: ['a', 'b'], role: 'item' } as const;
    const year = { type: 'integer', cells: [1999, 2001] } as const;
    expect(of({ id, year, seen: { type: 'boolean', cells: ['no', 'yes'] } })).toBe('no-text');
    expect(of({ id, year, name: { type: 'text', cells: ['Up', 'Jaws'] } })).toBeNull();
    const leftOut = { type: 'text', cells: ['Up', 'Jaws'], role: 'ignored' } as const;
    expect(of({ id, leftOut })).toBe('no-text');
  });

  test('memory is reckoned with what texts, people and both towers take', () => {
    const more = twoTower.memory(interactions, bySense) - twoTower.memory(interactions, settings);
    // 512 inputs to the hidden layer of both towers of items, and of each item two embeddings.
    expect(more).toBeGreaterThan(2 * 512 * 8 * 4 + 22 * 2 * 512 * 4);
    // Of more people only their own vectors, twice: the third tower's place is the same for any number.
    const users = interactionsOf(events(), [1040, 22]);
    const ofUsers = twoTower.memory(users, settings) - twoTower.memory(interactions, settings);
    expect(ofUsers).toBe(1000 * 2 * 4 * settings.units);
  });
});
