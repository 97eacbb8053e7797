/** The same events by item: users and items change places. */
import type { Interactions } from './interactions.ts';
import { Pace } from './pace.ts';

/** Counting sort in O(users + items + events). Of the result, `users` are the items and `indices` the users. */
export function transpose(interactions: Interactions): Interactions {
  const steps = transposeInSteps(interactions);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same for millions of events while others want to be heard. */
export async function transposeBreathing(
  interactions: Interactions,
  breathe: () => Promise<void>,
): Promise<Interactions> {
  const pace = new Pace(breathe);
  const steps = transposeInSteps(interactions);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (pace.isDue()) await pace.breathe(undefined);
  }
}

/** Users between two steps. */
const stepUsers = 256;

function* transposeInSteps(interactions: Interactions): Generator<void, Interactions, void> {
  const { users, items, starts, indices, values, times } = interactions;
  const turned: Interactions = {
    users: items,
    items: users,
    starts: startsOf(countByItem(interactions)),
    indices: new Uint32Array(indices.length),
    values: new Float32Array(indices.length),
    times: times && new Float64Array(indices.length),
  };
  const next = turned.starts.slice();
  for (let from = 0; from < users; from += stepUsers) {
    yield;
    placeEvents(from, Math.min(from + stepUsers, users), next);
  }
  return turned;

  function placeEvents(fromUser: number, toUser: number, places: Uint32Array) {
    for (let user = fromUser; user < toUser; user++) {
      const to = starts[user + 1] ?? 0;
      for (let event = starts[user] ?? 0; event < to; event++) {
        const item = indices[event] ?? 0;
        const at = places[item] ?? 0;
        places[item] = at + 1;
        turned.indices[at] = user;
        turned.values[at] = values[event] ?? 0;
        if (times && turned.times) turned.times[at] = times[event] ?? Number.NaN;
      }
    }
  }
}

/** Where each row begins, of their lengths. [rows + 1] */
function startsOf(lengths: Uint32Array): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, row) => {
    starts[row + 1] = (starts[row] ?? 0) + length;
  });
  return starts;
}

/** How many events each item has. */
export function countByItem({ items, indices }: Interactions): Uint32Array {
  const counts = new Uint32Array(items);
  for (const item of indices) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}
