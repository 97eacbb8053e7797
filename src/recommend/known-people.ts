/**
 * Who of training has exactly this history. Models that learn factors of people keep those, so that who was trained on
 * is scored by what training found, and everyone else is folded in; both by the history alone.
 */
import { inRowRanges, type Parts } from '../lib/parts.ts';
import { tasteOf, type Interactions, type Taste } from './interactions.ts';

export class KnownPeople {
  /** Of each person's history, 64 bits: two people with one of the same are taken to have the same. [users, 2] */
  readonly hashes: Uint32Array;
  readonly #users = new Map<number, number>();

  constructor(hashes: Uint32Array) {
    this.hashes = hashes;
    for (let user = hashes.length / 2 - 1; user >= 0; user--)
      this.#users.set(keyOf(hashes[2 * user] ?? 0, hashes[2 * user + 1] ?? 0), user);
  }

  static *ofInParts(interactions: Interactions): Parts<KnownPeople> {
    const hashes = new Uint32Array(2 * interactions.users);
    yield* inRowRanges(interactions.starts, (from, to) => {
      for (let user = from; user < to; user++)
        hashes.set(hashOf(tasteOf(interactions, user)), 2 * user);
    });
    return new KnownPeople(hashes);
  }

  /** The first such person; undefined where there is none, or nothing is known of this one. */
  find(taste: Taste): number | undefined {
    if (taste.items.length === 0) return undefined;
    const [low, high] = hashOf(taste);
    const user = this.#users.get(keyOf(low, high));
    return user !== undefined && this.hashes[2 * user + 1] === high ? user : undefined;
  }
}

/** 53 bits, all that a number has. */
function keyOf(low: number, high: number): number {
  return low * 2 ** 21 + (high >>> 11);
}

/** Two FNV-1a hashes of items and the bits of values, of different starts and primes. */
function hashOf({ items, values }: Taste): [low: number, high: number] {
  const bits = new Uint32Array(values.slice().buffer);
  let low = 0x811c9dc5;
  let high = 0x9747b28c ^ items.length;
  for (let n = 0; n < items.length; n++) {
    const item = items[n] ?? 0;
    const value = bits[n] ?? 0;
    low = Math.imul(low ^ item, 0x01000193);
    low = Math.imul(low ^ (low >>> 15) ^ value, 0x01000193);
    low ^= low >>> 15;
    high = Math.imul(high ^ item, 0x5bd1e995);
    high = Math.imul(high ^ (high >>> 13) ^ value, 0x5bd1e995);
    high ^= high >>> 13;
  }
  return [low >>> 0, high >>> 0];
}
