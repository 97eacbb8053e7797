/** Interactions written down as a matrix, for tests that know what must come out. */
import { buildInteractions } from '../../src/recommend/build-interactions.ts';
import type { Interactions } from '../../src/recommend/interactions.ts';
import type { FitContext } from '../../src/recommend/recommender.ts';
import { Random } from '../../src/lib/random.ts';

/** A row a user; 0 is no event. */
export function fromMatrix(rows: readonly (readonly number[])[]): Interactions {
  const cells = rows.flatMap((row, user) =>
    row.flatMap((value, item) => (value === 0 ? [] : [{ user, item, value }])),
  );
  return buildInteractions(
    {
      users: Uint32Array.from(cells, ({ user }) => user),
      items: Uint32Array.from(cells, ({ item }) => item),
      values: Float32Array.from(cells, ({ value }) => value),
      times: null,
    },
    { users: rows.length, items: rows[0]?.length ?? 0 },
    'last',
  );
}

/** Random ones: each pair has an event with probability `share`, of 1 to `most`. */
export function randomInteractions(
  users: number,
  items: number,
  share: number,
  seed: number,
  most = 1,
): Interactions {
  const random = new Random(seed);
  return fromMatrix(
    Array.from({ length: users }, () =>
      Array.from({ length: items }, () =>
        random.uniform() < share ? 1 + random.integer(most) : 0,
      ),
    ),
  );
}

export const fitContext: FitContext = { seed: 1, breathe: () => Promise.resolve() };
