/**
 * What a model found for the person whom it was asked about last. A list is followed by the reasons of each of its
 * places, and by whatever else a screen shows of the same person: they are solved once for all of that.
 */
import type { Taste } from './interactions.ts';
import type { Facts } from './item-features.ts';

export class LastPerson<Found> {
  readonly #solve: (taste: Taste) => Found;
  #last: { taste: Taste; found: Found } | null = null;

  /** @param solve a function of what the taste holds; what it gives may be overwritten by its next call */
  constructor(solve: (taste: Taste) => Found) {
    this.#solve = solve;
  }

  /** Good until somebody else is asked about. Whoever holds the same is the same person: arrays may be made anew. */
  of(taste: Taste): Found {
    if (this.#last && isSame(this.#last.taste, taste)) return this.#last.found;
    this.#last = null; // where solving fails, nobody was
    const found = this.#solve(taste);
    // A copy: arrays of before may hold something else by the next question.
    this.#last = { taste: copyOf(taste), found };
    return found;
  }
}

function copyOf({ items, values, times, user, facts }: Taste): Taste {
  return {
    ...{ items: items.slice(), values: values.slice(), times: times?.slice() ?? null },
    ...(user !== undefined && { user }),
    ...(facts && { facts: { ...facts } }),
  };
}

function isSame(a: Taste, b: Taste): boolean {
  return (
    a.user === b.user &&
    hasSame(a.items, b.items) &&
    hasSame(a.values, b.values) &&
    (a.times === null || b.times === null ? a.times === b.times : hasSame(a.times, b.times)) &&
    saySame(a.facts ?? {}, b.facts ?? {})
  );
}

function saySame(a: Facts, b: Facts): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Bit for bit, but that 0 and −0 differ and unknown times don't. */
function hasSame<Numbers extends Uint32Array | Float32Array | Float64Array>(
  a: Numbers,
  b: Numbers,
): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
