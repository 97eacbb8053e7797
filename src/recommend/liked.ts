/** Which events say that somebody likes an item, where a value can also say that they don't. */
import type { Interactions } from './interactions.ts';

/** The events with a value of at least `from`; all of them where it is null. */
export function liked(interactions: Interactions, from: number | null): Interactions {
  if (from === null) return interactions;
  return keepEvents(interactions, (event) => (interactions.values[event] ?? 0) >= from);
}

/** @param isKept told an event's place, and whose it is */
export function keepEvents(
  { users, items, starts, indices, values, times }: Interactions,
  isKept: (event: number, user: number) => boolean,
): Interactions {
  const kept = new Uint32Array(users + 1);
  const events: number[] = [];
  for (let user = 0; user < users; user++) {
    for (let event = starts[user] ?? 0; event < (starts[user + 1] ?? 0); event++)
      if (isKept(event, user)) events.push(event);
    kept[user + 1] = events.length;
  }
  return {
    ...{ users, items, starts: kept },
    indices: Uint32Array.from(events, (event) => indices[event] ?? 0),
    values: Float32Array.from(events, (event) => values[event] ?? 0),
    times: times && Float64Array.from(events, (event) => times[event] ?? Number.NaN),
  };
}
