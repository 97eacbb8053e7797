/** Whom a run is validated on after every epoch. */
import type { Interactions } from '../interactions.ts';

/** At most so many, so that it doesn't take longer than the epoch. */
const validatedPeople = 500;

/** The events of an even sample of the people; null where there are none. */
export function sampleOf(part: Interactions): Interactions | null {
  const { users, starts } = part;
  const people = Uint32Array.from({ length: users }, (_, user) => user).filter(
    (user) => (starts[user + 1] ?? 0) > (starts[user] ?? 0),
  );
  if (people.length === 0) return null;
  const every = Math.ceil(people.length / validatedPeople);
  const chosen = new Set(people.filter((_, i) => i % every === 0));
  return keepUsers(part, chosen);
}

function keepUsers(part: Interactions, chosen: ReadonlySet<number>): Interactions {
  const { users, items, starts } = part;
  const kept = new Uint32Array(users + 1);
  const places: number[] = [];
  for (let user = 0; user < users; user++) {
    if (chosen.has(user))
      for (let at = starts[user] ?? 0; at < (starts[user + 1] ?? 0); at++) places.push(at);
    kept[user + 1] = places.length;
  }
  return {
    ...{ users, items, starts: kept },
    indices: Uint32Array.from(places, (at) => part.indices[at] ?? 0),
    values: Float32Array.from(places, (at) => part.values[at] ?? 0),
    times: part.times && Float64Array.from(places, (at) => part.times?.[at] ?? Number.NaN),
  };
}
