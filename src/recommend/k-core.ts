/** Users and items that have too few events to say anything are left out, until none is left that has. */
import { StudioError } from '../lib/errors.ts';
import type { Interactions } from './interactions.ts';
import { countByItem, transpose } from './transpose.ts';

export interface Core {
  interactions: Interactions;
  /** Old indices of those kept, ascending: new user u was `users[u]`. */
  users: Uint32Array;
  items: Uint32Array;
}

/**
 * The largest part in which every user and item has at least k events (the k-core of the bipartite graph:
 * Seidman 1983; by a queue, Batagelj & Zaveršnik 2003, linear in the events).
 * @throws StudioError `bad-config` for a k that isn't a positive integer, or that leaves nothing
 */
export function kCore(interactions: Interactions, k: number): Core {
  if (!Number.isInteger(k) || k < 1)
    throw new StudioError('bad-config', `A ${k}-core: k must be a whole number from 1`);
  const byItem = transpose(interactions);
  const left = [degrees(interactions), countByItem(interactions)] as const;
  const sides = [interactions, byItem] as const;
  const queue: { side: 0 | 1; index: number }[] = [];
  const remove = (side: 0 | 1, index: number) => {
    left[side][index] = 0;
    queue.push({ side, index });
  };
  for (const side of [0, 1] as const)
    left[side].forEach((degree, index) => {
      if (degree < k) remove(side, index);
    });
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { starts, indices } = sides[next.side];
    const other = next.side === 0 ? 1 : 0;
    const to = starts[next.index + 1] ?? 0;
    for (let event = starts[next.index] ?? 0; event < to; event++) {
      const index = indices[event] ?? 0;
      const degree = left[other][index] ?? 0;
      if (degree === 0) continue; // gone already
      left[other][index] = degree - 1;
      if (degree - 1 < k) remove(other, index);
    }
  }
  const users = indicesWhere(left[0]);
  const items = indicesWhere(left[1]);
  if (users.length === 0)
    throw new StudioError(
      'bad-config',
      `No user and item is left with ${k} events each of ${interactions.indices.length}: take a smaller k`,
    );
  return { interactions: restrict(interactions, users, items), users, items };
}

/** Only these users and items (ascending old indices), numbered anew. */
function restrict(interactions: Interactions, users: Uint32Array, items: Uint32Array) {
  const { starts, indices, values, times } = interactions;
  const renumbered = new Int32Array(interactions.items).fill(-1);
  items.forEach((item, i) => {
    renumbered[item] = i;
  });
  const kept: number[] = [];
  const newStarts = new Uint32Array(users.length + 1);
  users.forEach((user, u) => {
    const to = starts[user + 1] ?? 0;
    for (let event = starts[user] ?? 0; event < to; event++)
      if ((renumbered[indices[event] ?? 0] ?? -1) >= 0) kept.push(event);
    newStarts[u + 1] = kept.length;
  });
  return {
    users: users.length,
    items: items.length,
    starts: newStarts,
    indices: Uint32Array.from(kept, (event) => renumbered[indices[event] ?? 0] ?? 0),
    values: Float32Array.from(kept, (event) => values[event] ?? 0),
    times: times && Float64Array.from(kept, (event) => times[event] ?? Number.NaN),
  };
}

function degrees({ users, starts }: Interactions): Uint32Array {
  return Uint32Array.from({ length: users }, (_, u) => (starts[u + 1] ?? 0) - (starts[u] ?? 0));
}

function indicesWhere(counts: Uint32Array): Uint32Array {
  return Uint32Array.from(counts.keys()).filter((index) => (counts[index] ?? 0) > 0);
}
