/** Whom a run is validated on after every epoch. */
import type { Parts } from '../../lib/parts.ts';
import type { Interactions } from '../interactions.ts';
import { keepEvents } from '../liked.ts';

/** At most so many, so that it doesn't take longer than the epoch. */
const validatedPeople = 500;

/** The events of an even sample of the people; null where there are none. */
export function* sampleOf(part: Interactions): Parts<Interactions | null> {
  const { users, starts } = part;
  const people = Uint32Array.from({ length: users }, (_, user) => user).filter(
    (user) => (starts[user + 1] ?? 0) > (starts[user] ?? 0),
  );
  if (people.length === 0) return null;
  const every = Math.ceil(people.length / validatedPeople);
  const chosen = new Set(people.filter((_, i) => i % every === 0));
  return yield* keepEvents(part, (_, user) => chosen.has(user));
}
