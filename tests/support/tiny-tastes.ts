/** Small data of who liked what, for tests of recommenders. */
import type { ItemFeatures } from '../../src/recommend/item-features.ts';
import type { Interactions, Taste } from '../../src/recommend/interactions.ts';
import type { FitContext } from '../../src/recommend/recommender.ts';

export type Event = [user: number, item: number, value?: number, time?: number];

/** Times are NaN where an event has none; null where none has one. */
export function interactionsOf(
  events: readonly Event[],
  [users, items]: [users: number, items: number],
): Interactions {
  const sorted = [...events].sort(([a, i], [b, j]) => a - b || i - j);
  const starts = new Uint32Array(users + 1);
  for (const [user] of sorted) starts[user + 1] = (starts[user + 1] ?? 0) + 1;
  for (let user = 0; user < users; user++)
    starts[user + 1] = (starts[user + 1] ?? 0) + (starts[user] ?? 0);
  return {
    ...{ users, items, starts },
    indices: Uint32Array.from(sorted, ([, item]) => item),
    values: Float32Array.from(sorted, ([, , value = 1]) => value),
    times: sorted.some(([, , , time]) => time !== undefined)
      ? Float64Array.from(sorted, ([, , , time = NaN]) => time)
      : null,
  };
}

/** An item alone has value 1. */
export function tasteFor(
  entries: readonly (number | [item: number, value?: number, time?: number])[],
): Taste {
  const { indices, values, times } = interactionsOf(
    entries.map((entry) => (typeof entry === 'number' ? [0, entry] : [0, ...entry])),
    [1, 0],
  );
  return { items: indices, values, times };
}

/** Categories of each item, by name. */
export function categoriesOf(
  items: readonly (readonly string[])[],
): NonNullable<ItemFeatures['categories']> {
  const names = [...new Set(items.flat())].sort();
  const starts = new Uint32Array(items.length + 1);
  items.forEach((own, i) => (starts[i + 1] = (starts[i] ?? 0) + own.length));
  return {
    names,
    starts,
    indices: Uint32Array.from(
      items.flatMap((own) => own.map((name) => names.indexOf(name)).sort()),
    ),
  };
}

/** Never held, never cancelled. */
export function fitContext(seed = 1, onEpoch?: FitContext['onEpoch']): FitContext {
  return { seed, breathe: () => Promise.resolve(), ...(onEpoch && { onEpoch }) };
}
