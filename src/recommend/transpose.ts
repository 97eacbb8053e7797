/** The same events by item: users and items change places. */
import { atOnce, inRanges, inRowRanges, stretch, type Parts } from '../lib/parts.ts';
import type { Interactions } from './interactions.ts';

/** Counting sort in O(users + items + events). Of the result, `users` are the items and `indices` the users. */
export function transpose(interactions: Interactions): Interactions {
  return atOnce(transposeInParts(interactions));
}

/** The same for millions of events while others want to be heard. */
export function* transposeInParts(interactions: Interactions): Parts<Interactions> {
  const { users, items, starts, indices, values, times } = interactions;
  const counts = yield* stretch(countInParts(interactions), 0, 0.2);
  const turned: Interactions = {
    users: items,
    items: users,
    starts: startsOf(counts),
    indices: new Uint32Array(indices.length),
    values: new Float32Array(indices.length),
    times: times && new Float64Array(indices.length),
  };
  const next = turned.starts.slice();
  const place = inRowRanges(starts, (from, to) => {
    placeEvents(from, to, next);
  });
  yield* stretch(place, 0.2, 1);
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
export function countByItem(interactions: Interactions): Uint32Array {
  return atOnce(countInParts(interactions));
}

export function* countInParts({ items, indices }: Interactions): Parts<Uint32Array> {
  const counts = new Uint32Array(items);
  yield* inRanges(indices.length, (from, to) => {
    for (let event = from; event < to; event++) {
      const item = indices[event] ?? 0;
      counts[item] = (counts[item] ?? 0) + 1;
    }
  });
  return counts;
}
