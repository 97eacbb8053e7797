/**
 * Another order for a list: more varied, more or less popular, newer. Works on scores of any recommender; which items
 * are alike, popular or new is item-traits.ts's business.
 */

import { ItemHeap } from './item-heap.ts';

/** How alike two items are, −1 to 1; the same either way round. */
export type ItemSimilarity = (a: number, b: number) => number;

export interface RerankWeights {
  /** 0: by what is liked alone, to 1: by what differs from those chosen already; 1 − λ of the paper. */
  diversity: number;
  /** −1 (for what few know) to 1, in spans of the scores. */
  popularity: number;
  /** −1 (for the old) to 1, in spans of the scores. */
  freshness: number;
}

export interface RerankTraits {
  /** [items], 0 to 1 */
  popularity: Float32Array;
  /** [items], 0 to 1 */
  freshness: Float32Array;
  /** Null where none is known: diversity does nothing. */
  similarity: ItemSimilarity | null;
}

export interface RerankJob {
  /** [items], as the recommender gave them; those that aren't finite are left out. */
  scores: Float32Array;
  /** What the person had already; left out. */
  seen: ArrayLike<number>;
  /** Length of the list. */
  count: number;
  weights: RerankWeights;
  traits: RerankTraits;
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein 1998): the next item is the one with the largest
 * λ · relevance − (1 − λ) · similarity to the closest that is chosen. Relevance is the score plus the wanted traits,
 * from 0 to 1 over all items that may be listed. Ties go to the lower number, as in every ranking.
 * An item's margin only falls as more are chosen, so it is worked out again only when it is the largest (lazy greedy,
 * Minoux 1978).
 * @returns items, best first; fewer than `count` where there are no more
 */
export function rerank({ scores, seen, count, weights, traits }: RerankJob): Uint32Array {
  const relevance = relevanceOf(scores, seen, weights, traits);
  const open = [...relevance.keys()].filter((item) => !Number.isNaN(relevance[item]));
  const similarity = weights.diversity === 0 ? null : traits.similarity;
  const lambda = similarity ? 1 - weights.diversity : 1;
  const margins = relevance.map((value) => lambda * value);
  const isBefore = (a: number, b: number) => {
    const [one = 0, other = 0] = [margins[a], margins[b]];
    return one > other || (one === other && a < b);
  };
  const heap = new ItemHeap(open, isBefore);
  const chosen: number[] = [];
  if (!similarity || lambda === 1) {
    while (chosen.length < count && heap.size > 0) chosen.push(heap.pop());
    return Uint32Array.from(chosen);
  }
  const closest = new Float64Array(scores.length).fill(-Infinity);
  /** How many of the chosen an item's margin knows. */
  const known = new Uint32Array(scores.length);
  const renew = (item: number) => {
    for (let i = known[item] ?? 0; i < chosen.length; i++)
      closest[item] = Math.max(closest[item] ?? 0, similarity(item, chosen[i] ?? 0));
    known[item] = chosen.length;
    margins[item] = lambda * (relevance[item] ?? 0) - (1 - lambda) * (closest[item] ?? 0);
  };
  while (chosen.length < count && heap.size > 0) {
    const item = heap.pop();
    if (known[item] === chosen.length) {
      chosen.push(item);
      if (chosen.length > 1) continue;
      // Similarities may be negative: until one is known, margins could still rise.
      heap.items.forEach(renew);
      heap.rebuild();
    } else {
      renew(item);
      heap.push(item);
    }
  }
  return Uint32Array.from(chosen);
}

/** [items], NaN for what is not to be listed; else 0 to 1. */
function relevanceOf(
  scores: Float32Array,
  seen: ArrayLike<number>,
  weights: RerankWeights,
  traits: RerankTraits,
): Float64Array {
  const relevance = toUnitSpan(
    Float64Array.from(scores, (x) => (Number.isFinite(x) ? x : NaN)),
    seen,
  );
  if (weights.popularity === 0 && weights.freshness === 0) return relevance;
  const { popularity, freshness } = traits;
  const wanted = relevance.map(
    (value, item) =>
      value +
      weights.popularity * (popularity[item] ?? 0) +
      weights.freshness * (freshness[item] ?? 0),
  );
  return toUnitSpan(wanted, []);
}

/** To 0 at the least and 1 at the most of what isn't left out; all alike are all 0. In place. */
function toUnitSpan(values: Float64Array, leftOut: ArrayLike<number>): Float64Array {
  for (const item of Array.from(leftOut)) if (item < values.length) values[item] = NaN;
  let [least, most] = [Infinity, -Infinity];
  for (const value of values)
    if (!Number.isNaN(value)) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  const span = most > least ? most - least : 1;
  for (let i = 0; i < values.length; i++) values[i] = ((values[i] ?? NaN) - least) / span;
  return values;
}
