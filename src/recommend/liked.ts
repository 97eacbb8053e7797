/** Which events say that somebody likes an item, where a value can also say that they don't. */
import { atOnce, inRowRanges, stretch, type Parts } from '../lib/parts.ts';
import type { Interactions } from './interactions.ts';

/** The events with a value of at least `from`; all of them where it is null. */
export function liked(interactions: Interactions, from: number | null): Interactions {
  return atOnce(likedInParts(interactions, from));
}

/** The same for millions of events while others want to be heard. */
export function* likedInParts(
  interactions: Interactions,
  from: number | null,
): Parts<Interactions> {
  if (from === null) return interactions;
  const { values } = interactions;
  return yield* keepEvents(interactions, (event) => (values[event] ?? 0) >= from);
}

/** @param isKept told an event's place, and whose it is; asked twice */
export function* keepEvents(
  { users, items, starts, indices, values, times }: Interactions,
  isKept: (event: number, user: number) => boolean,
): Parts<Interactions> {
  const kept = new Uint32Array(users + 1);
  const count = inRowRanges(starts, (from, to) => {
    for (let user = from; user < to; user++) {
      let own = 0;
      const end = starts[user + 1] ?? 0;
      for (let event = starts[user] ?? 0; event < end; event++) if (isKept(event, user)) own++;
      kept[user + 1] = (kept[user] ?? 0) + own;
    }
  });
  yield* stretch(count, 0, 0.4);
  const events = kept[users] ?? 0;
  const found = {
    indices: new Uint32Array(events),
    values: new Float32Array(events),
    times: times && new Float64Array(events),
  };
  const copy = inRowRanges(starts, (from, to) => {
    let at = kept[from] ?? 0;
    for (let user = from; user < to; user++) {
      const end = starts[user + 1] ?? 0;
      for (let event = starts[user] ?? 0; event < end; event++) {
        if (!isKept(event, user)) continue;
        found.indices[at] = indices[event] ?? 0;
        found.values[at] = values[event] ?? 0;
        if (found.times) found.times[at] = times?.[event] ?? Number.NaN;
        at++;
      }
    }
  });
  yield* stretch(copy, 0.4, 1);
  return { ...{ users, items, starts: kept }, ...found };
}
