import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DuplicateRule } from '../../../src/data/schema.ts';
import { Random } from '../../../src/lib/random.ts';
import {
  buildInParts,
  buildInteractions,
  type Events,
} from '../../../src/recommend/build-interactions.ts';
import { profileInteractions } from '../../../src/recommend/interaction-profile.ts';
import { tasteOf, type Interactions } from '../../../src/recommend/interactions.ts';
import { kCore } from '../../../src/recommend/k-core.ts';
import { lookAhead, splitInteractions } from '../../../src/recommend/split-interactions.ts';
import { transpose } from '../../../src/recommend/transpose.ts';
import { fromMatrix, randomInteractions } from '../../support/small-interactions.ts';

const shape = { users: 2, items: 3 };

function events(
  rows: readonly (readonly [user: number, item: number, value: number, time?: number])[],
) {
  return {
    users: Uint32Array.from(rows, ([user]) => user),
    items: Uint32Array.from(rows, ([, item]) => item),
    values: Float32Array.from(rows, ([, , value]) => value),
    times: Float64Array.from(rows, ([, , , time]) => time ?? NaN),
  };
}

/** The plain way: a list of rows a pair. */
function byPairs(
  list: Events,
  { users, items }: { users: number; items: number },
  rule: DuplicateRule,
): Interactions {
  const pairs = new Map<number, number[]>();
  list.users.forEach((user, row) => {
    const pair = user * items + (list.items[row] ?? 0);
    pairs.set(pair, [...(pairs.get(pair) ?? []), row]);
  });
  const sorted = [...pairs].sort(([a], [b]) => a - b);
  const undated = -Infinity;
  const timeOf = (row: number) => {
    const time = list.times?.[row] ?? NaN;
    return Number.isNaN(time) ? undated : time;
  };
  const latest = (rows: number[]) => rows.reduce((a, b) => (timeOf(b) >= timeOf(a) ? b : a));
  const valueOf = (rows: number[]) => {
    const values = rows.map((row) => list.values?.[row] ?? 1);
    if (rule === 'last') return list.values?.[latest(rows)] ?? 1;
    if (rule === 'highest') return Math.max(...values);
    const sum = values.reduce((a, b) => a + b);
    return rule === 'sum' ? sum : sum / values.length;
  };
  const usersOf = sorted.map(([pair]) => Math.floor(pair / items));
  return {
    ...{ users, items },
    starts: Uint32Array.from({ length: users + 1 }, (_, u) => {
      const first = usersOf.findIndex((user) => user >= u);
      return first < 0 ? usersOf.length : first;
    }),
    indices: Uint32Array.from(sorted, ([pair]) => pair % items),
    values: Float32Array.from(sorted, ([, rows]) => valueOf(rows)),
    times: Float64Array.from(sorted, ([, rows]) => list.times?.[latest(rows)] ?? NaN),
  };
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

describe('building', () => {
  test('events come by user and item, whatever their order', () => {
    const built = buildInteractions(
      events([
        [1, 2, 5, 30],
        [0, 1, 3, 10],
        [1, 0, 4, 20],
      ]),
      shape,
      'last',
    );
    expect(built).toEqual({
      ...shape,
      starts: Uint32Array.of(0, 1, 3),
      indices: Uint32Array.of(1, 0, 2),
      values: Float32Array.of(3, 4, 5),
      times: Float64Array.of(10, 20, 30),
    });
  });

  test.each([
    ['the latest wins, wherever it stands', [[1, 9] as const, [2, 5] as const], 1, 9],
    ['of one time the last row wins', [[1, 5] as const, [2, 5] as const], 2, 5],
    ['undated counts as earlier', [[1, 5] as const, [2, NaN] as const], 1, 5],
    ['of undated ones the last row wins', [[1, NaN] as const, [2, NaN] as const], 2, NaN],
  ])('repeats: %s', (_, pairs, value, time) => {
    const rows = events(pairs.map(([v, t]) => [0, 1, v, t]));
    const built = buildInteractions(rows, shape, 'last');
    expect([...built.values]).toEqual([value]);
    expect([...(built.times ?? [])]).toEqual([time]);
    // The other rules know no order but of the times, of which the latest is kept.
    for (const [rule, joined] of [
      ['sum', 3],
      ['highest', 2],
      ['mean', 1.5],
    ] as const) {
      const { values, times } = buildInteractions(rows, shape, rule);
      expect([...values], rule).toEqual([joined]);
      expect([...(times ?? [])], rule).toEqual([time]);
    }
  });

  test.each([
    [[0, 0, NaN], 'Row 2: the value is NaN'],
    [[0, 0, Infinity], 'Row 2: the value is Infinity'],
    [[2, 0, 1], 'Row 2: user 2 of 2'],
    [[0, 3, 1], 'Row 2: item 3 of 3'],
  ] as const)('a row %j is refused by name', (row, message) => {
    expect(() => buildInteractions(events([[0, 0, 1], row]), shape, 'last')).toThrow(message);
  });

  test.each(['last', 'highest', 'sum', 'mean'] as const)(
    'many events in parts are, to the last bit, what pairs in a map are: %s',
    (rule) => {
      const random = new Random(5, rule);
      const many = { users: 400, items: 90 };
      const rows = 40_000;
      const list = {
        users: Uint32Array.from({ length: rows }, () => random.integer(many.users)),
        items: Uint32Array.from({ length: rows }, () => random.integer(many.items)),
        values: Float32Array.from({ length: rows }, () => random.normal()),
        times: Float64Array.from({ length: rows }, () =>
          random.uniform() < 0.1 ? NaN : random.integer(9),
        ),
      };
      let parts = 0;
      const work = buildInParts(list, many, rule);
      let step = work.next();
      for (; !step.done; step = work.next()) parts++;
      expect(parts).toBeGreaterThan(10);
      const expected = byPairs(list, many, rule);
      expect(step.value.indices).toEqual(expected.indices);
      expect(step.value.starts).toEqual(expected.starts);
      expect(bitsOf(step.value.values)).toEqual(bitsOf(expected.values));
      expect(step.value.times).toEqual(expected.times);
    },
  );

  test('transposing twice changes nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const some = randomInteractions(7, 5, 0.4, seed, 5);
        const turned = transpose(some);
        expect(transpose(turned)).toEqual(some);
        for (let user = 0; user < some.users; user++)
          tasteOf(some, user).items.forEach((item, i) => {
            const column = tasteOf(turned, item);
            expect(column.values[column.items.indexOf(user)]).toBe(tasteOf(some, user).values[i]);
          });
      }),
      { numRuns: 30 },
    );
  });
});

describe('k-core', () => {
  test('what loses its support goes too, and the rest is renumbered', () => {
    // User 3 has one event; without it item 3 has one, and goes; then user 2 has one, and goes.
    const core = kCore(
      fromMatrix([
        [1, 2, 0, 0],
        [3, 4, 0, 0],
        [5, 0, 0, 6],
        [0, 0, 0, 7],
      ]),
      2,
    );
    expect([...core.users]).toEqual([0, 1]);
    expect([...core.items]).toEqual([0, 1]);
    expect(core.interactions).toEqual(
      fromMatrix([
        [1, 2],
        [3, 4],
      ]),
    );
  });

  test('everyone left has k, and nobody who could stay is gone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 3 }), (seed, k) => {
        const all = randomInteractions(12, 10, 0.45, seed);
        const { interactions, users, items } = kCore(all, k);
        const least = (of: typeof all) =>
          Math.min(...Array.from({ length: of.users }, (_, row) => tasteOf(of, row).items.length));
        expect(least(interactions)).toBeGreaterThanOrEqual(k);
        expect(least(transpose(interactions))).toBeGreaterThanOrEqual(k);
        // Beside the core, each user taken alone has too few of the items that are left.
        for (let user = 0; user < all.users; user++)
          if (!users.includes(user))
            expect(
              tasteOf(all, user).items.filter((item) => items.includes(item)).length,
            ).toBeLessThan(k);
      }),
      { numRuns: 30 },
    );
  });

  test('one that removes everything says so', () => {
    expect(() => kCore(fromMatrix([[1, 1]]), 2)).toThrow(
      'No user and item is left with 2 events each of 2: take a smaller k',
    );
    expect(() => kCore(fromMatrix([[1, 1]]), 0)).toThrow('A 0-core');
  });
});

describe('splitting', () => {
  const timed = buildInteractions(
    events([
      [0, 0, 1, 100],
      [0, 1, 1, 300],
      [0, 2, 1, 300],
      [1, 0, 1, 200],
      [1, 2, 1, 50],
    ]),
    shape,
    'last',
  );

  test('the last by time, then by item, is left out', () => {
    const {
      train,
      validation,
      test: tested,
    } = splitInteractions(timed, {
      type: 'leave-last-out',
      validation: true,
    });
    expect([...tasteOf(tested, 0).items]).toEqual([2]);
    expect([...tasteOf(validation, 0).items]).toEqual([1]);
    expect([...tasteOf(train, 0).items]).toEqual([0]);
    expect([...tasteOf(tested, 1).items]).toEqual([0]);
    expect([...tasteOf(validation, 1).items]).toEqual([]); // one is left to learn from
  });

  test('by time the latest test, and a moment is never cut in two', () => {
    const { train, test: tested } = splitInteractions(timed, {
      type: 'temporal',
      validation: 0,
      test: 0.2,
    });
    expect([...(tested.times ?? [])]).toEqual([300, 300]);
    expect(lookAhead(train, tested)).toEqual({ samePerson: 0, anyone: 0 });
  });

  test('a split that isn’t by time looks ahead, and says how far', () => {
    const { train, test: tested } = splitInteractions(timed, {
      type: 'leave-last-out',
      validation: false,
    });
    // User 1's last is at 200, when user 0's training event at 300 is yet to come.
    expect(lookAhead(train, tested)).toEqual({ samePerson: 0, anyone: 0.5 });
  });

  test('at random each keeps a share, the same for a seed, and together they are all', () => {
    const all = randomInteractions(40, 30, 0.5, 3);
    const spec = { type: 'random', validation: 0.1, test: 0.2, seed: 5 } as const;
    const split = splitInteractions(all, spec);
    expect(splitInteractions(all, spec)).toEqual(split);
    expect(splitInteractions(all, { ...spec, seed: 6 })).not.toEqual(split);
    for (let user = 0; user < all.users; user++) {
      const items = tasteOf(all, user).items;
      const [train, validation, tested] = [split.train, split.validation, split.test].map(
        (part) => [...tasteOf(part, user).items],
      );
      expect(tested).toHaveLength(Math.round(items.length * 0.2));
      expect(validation).toHaveLength(Math.round(items.length * 0.1));
      expect(
        [...(train ?? []), ...(validation ?? []), ...(tested ?? [])].sort((a, b) => a - b),
      ).toEqual([...items]);
    }
  });

  test.each([
    [{ type: 'random', validation: 0.5, test: 0.5, seed: 1 }, 'leave nothing to train on'],
    [{ type: 'leave-last-out', validation: false }, 'needs the times of events'],
    [{ type: 'temporal', validation: 0, test: 0.2 }, 'needs the times of events'],
  ] as const)('%j of undated events is refused', (spec, message) => {
    expect(() => splitInteractions(fromMatrix([[1, 1, 1]]), spec)).toThrow(message);
  });
});

test('a profile says how sparse, how long-tailed and how cold', () => {
  const profile = profileInteractions(
    fromMatrix([
      [5, 0, 0, 0],
      [5, 3, 0, 0],
      [5, 3, 4, 0],
    ]),
  );
  expect(profile).toEqual({
    users: 3,
    items: 4,
    events: 6,
    sparsity: 0.5,
    eventsPerUser: [1, 2, 3],
    eventsPerItem: [0, 1.5, 3],
    headShare: 0.5,
    itemGini: (-3 * 0 - 1 * 1 + 1 * 2 + 3 * 3) / (4 * 6),
    coldUsers: 3,
    coldItems: 4,
    valueCounts: [
      { value: 3, count: 2 },
      { value: 4, count: 1 },
      { value: 5, count: 3 },
    ],
    farValues: null,
    period: null,
  });
});
