/** The same events by item: users and items change places. */
import type { Interactions } from './interactions.ts';

/** Counting sort in O(users + items + events). Of the result, `users` are the items and `indices` the users. */
export function transpose(interactions: Interactions): Interactions {
  const { users, items, starts, indices, values, times } = interactions;
  const turned: Interactions = {
    users: items,
    items: users,
    starts: new Uint32Array(items + 1),
    indices: new Uint32Array(indices.length),
    values: new Float32Array(indices.length),
    times: times && new Float64Array(indices.length),
  };
  for (const item of indices) turned.starts[item + 1] = (turned.starts[item + 1] ?? 0) + 1;
  for (let item = 0; item < items; item++)
    turned.starts[item + 1] = (turned.starts[item + 1] ?? 0) + (turned.starts[item] ?? 0);
  const next = turned.starts.slice();
  for (let user = 0; user < users; user++) {
    const to = starts[user + 1] ?? 0;
    for (let event = starts[user] ?? 0; event < to; event++) {
      const item = indices[event] ?? 0;
      const at = next[item] ?? 0;
      next[item] = at + 1;
      turned.indices[at] = user;
      turned.values[at] = values[event] ?? 0;
      if (times && turned.times) turned.times[at] = times[event] ?? Number.NaN;
    }
  }
  return turned;
}

/** How many events each item has. */
export function countByItem({ items, indices }: Interactions): Uint32Array {
  const counts = new Uint32Array(items);
  for (const item of indices) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}
