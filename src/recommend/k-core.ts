/** Users and items that have too few events to say anything are left out, until none is left that has. */
import { StudioError } from '../lib/errors.ts';
import { atOnce, inRanges, stretch, type Parts } from '../lib/parts.ts';
import type { Interactions } from './interactions.ts';
import { keepEvents } from './liked.ts';
import { transposeInParts } from './transpose.ts';

/** Events between two breaks. */
const handledAtOnce = 16_384;

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
  return atOnce(kCoreInParts(interactions, k));
}

/** The same for millions of events while others want to be heard. */
export function* kCoreInParts(interactions: Interactions, k: number): Parts<Core> {
  if (!Number.isInteger(k) || k < 1)
    throw new StudioError('bad-config', `A ${k}-core: k must be a whole number from 1`);
  const byItem = yield* stretch(transposeInParts(interactions), 0, 0.5);
  const left = [degrees(interactions), degrees(byItem)] as const;
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
  let handled = 0;
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
    handled += 1 + to - (starts[next.index] ?? 0);
    if (handled < handledAtOnce) continue;
    handled = 0;
    yield 0.5;
  }
  const users = indicesWhere(left[0]);
  const items = indicesWhere(left[1]);
  if (users.length === 0)
    throw new StudioError(
      'bad-config',
      `No user and item is left with ${k} events each of ${interactions.indices.length}: take a smaller k`,
    );
  const kept = yield* stretch(restrict(interactions, users, items), 0.5, 1);
  return { interactions: kept, users, items };
}

/** Only these users and items (ascending old indices), numbered anew. */
function* restrict(
  interactions: Interactions,
  users: Uint32Array,
  items: Uint32Array,
): Parts<Interactions> {
  const renumbered = new Int32Array(interactions.items).fill(-1);
  items.forEach((item, i) => {
    renumbered[item] = i;
  });
  const isUser = new Uint8Array(interactions.users);
  for (const user of users) isUser[user] = 1;
  const kept = yield* keepEvents(
    interactions,
    (event, user) =>
      isUser[user] === 1 && (renumbered[interactions.indices[event] ?? 0] ?? -1) >= 0,
  );
  const starts = new Uint32Array(users.length + 1);
  users.forEach((user, u) => {
    starts[u + 1] = kept.starts[user + 1] ?? 0;
  });
  const { indices, values, times } = kept;
  yield* inRanges(indices.length, (from, to) => {
    for (let at = from; at < to; at++) indices[at] = renumbered[indices[at] ?? 0] ?? 0;
  });
  return { users: users.length, items: items.length, starts, indices, values, times };
}

function degrees({ users, starts }: Interactions): Uint32Array {
  return Uint32Array.from({ length: users }, (_, u) => (starts[u + 1] ?? 0) - (starts[u] ?? 0));
}

function indicesWhere(counts: Uint32Array): Uint32Array {
  return Uint32Array.from(counts.keys()).filter((index) => (counts[index] ?? 0) > 0);
}
