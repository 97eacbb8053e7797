/** Where methods begin that learn factors of people and items step by step. */
import { inRanges, inRowRanges, stretch, type Parts } from '../lib/parts.ts';
import type { Random } from '../lib/random.ts';
import type { Interactions } from './interactions.ts';
import { KnownPeople } from './known-people.ts';

export interface FactorBeginning {
  /** [users, factors] and [items, factors] */
  p: Float32Array;
  q: Float32Array;
  known: KnownPeople;
  /** Whose each event is. [events] */
  userOf: Uint32Array;
}

export function* beginFactors(
  interactions: Interactions,
  factors: number,
  deviation: number,
  random: Random,
): Parts<FactorBeginning> {
  const { users, items, starts, indices } = interactions;
  const p = yield* stretch(drawNormals(users * factors, deviation, random), 0, 0.4);
  const q = yield* stretch(drawNormals(items * factors, deviation, random), 0.4, 0.6);
  const known = yield* stretch(KnownPeople.ofInParts(interactions), 0.6, 0.9);
  const userOf = new Uint32Array(indices.length);
  const tell = inRowRanges(starts, (from, to) => {
    for (let user = from; user < to; user++) userOf.fill(user, starts[user], starts[user + 1]);
  });
  yield* stretch(tell, 0.9, 1);
  return { p, q, known, userOf };
}

/** Of mean 0. [count] */
export function* drawNormals(
  count: number,
  deviation: number,
  random: Random,
): Parts<Float32Array> {
  const drawn = new Float32Array(count);
  yield* inRanges(count, (from, to) => {
    for (let at = from; at < to; at++) drawn[at] = deviation * random.normal();
  });
  return drawn;
}
