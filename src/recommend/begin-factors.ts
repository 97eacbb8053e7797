/** Where methods begin that learn factors of people and items step by step. */
import { inRanges, inRowRanges, stretch, type Parts } from '../lib/parts.ts';
import type { Random } from '../lib/random.ts';
import type { Interactions } from './interactions.ts';

export interface FactorBeginning {
  /** [users, factors] and [items, factors] */
  p: Float32Array;
  q: Float32Array;
  /** Whose each event is. [events] */
  userOf: Uint32Array;
}

/** @param deviations of the normal numbers that they begin with; 0: they begin at 0, and none are drawn */
export function* beginFactors(
  interactions: Interactions,
  factors: number,
  deviations: { p: number; q: number },
  random: Random,
): Parts<FactorBeginning> {
  const { users, items, starts, indices } = interactions;
  const p = yield* stretch(drawNormals(users * factors, deviations.p, random), 0, 0.5);
  const q = yield* stretch(drawNormals(items * factors, deviations.q, random), 0.5, 0.8);
  const userOf = new Uint32Array(indices.length);
  const tell = inRowRanges(starts, (from, to) => {
    for (let user = from; user < to; user++) userOf.fill(user, starts[user], starts[user + 1]);
  });
  yield* stretch(tell, 0.8, 1);
  return { p, q, userOf };
}

/** Of mean 0. [count] */
export function* drawNormals(
  count: number,
  deviation: number,
  random: Random,
): Parts<Float32Array> {
  const drawn = new Float32Array(count);
  if (deviation === 0) return drawn;
  yield* inRanges(count, (from, to) => {
    for (let at = from; at < to; at++) drawn[at] = deviation * random.normal();
  });
  return drawn;
}
