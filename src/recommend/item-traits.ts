/** What lists are re-ranked by (rerank.ts): how popular, how new and how alike items are. */
import type { Interactions } from './interactions.ts';
import type { ItemFeatures } from './item-features.ts';
import type { ItemSimilarity } from './rerank.ts';

/** [items], 0 to 1: ln(1 + events) over the most popular's, since a few items have most of the events. */
export function popularityOf({ items, indices }: Interactions): Float32Array {
  const counts = new Float64Array(items);
  for (const item of indices) counts[item] = (counts[item] ?? 0) + 1;
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  return Float32Array.from(counts, (count) => Math.log1p(count) / Math.log1p(most));
}

/** [items]: the time of an item's first event, NaN for one without; null where there are no times. */
export function firstEvents({ items, indices, times }: Interactions): Float64Array | null {
  if (!times) return null;
  const first = new Float64Array(items).fill(NaN);
  indices.forEach((item, at) => {
    const time = times[at] ?? NaN;
    if (!(time >= (first[item] ?? NaN)) && !Number.isNaN(time)) first[item] = time;
  });
  return first;
}

/**
 * [items], 0 to 1: the share of other items that are older, those as old counting half. So years, dates and first
 * events serve alike, in any unit. One of unknown time lies in the middle.
 * @param times [items], larger is newer; NaN where unknown
 */
export function freshnessOf(times: ArrayLike<number>): Float32Array {
  const freshness = new Float32Array(times.length).fill(0.5);
  const order = Array.from({ length: times.length }, (_, item) => item)
    .filter((item) => !Number.isNaN(times[item]))
    .sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
  const others = Math.max(1, order.length - 1);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && times[order[to] ?? 0] === times[order[from] ?? 0]) to++;
    const share = order.length > 1 ? (from + (to - from - 1) / 2) / others : 0.5;
    for (const item of order.slice(from, to)) freshness[item] = share;
  }
  return freshness;
}

/** Cosines of vectors [items, width], such as a recommender's own; 0 with a vector of zeros. */
export function vectorSimilarity(values: Float32Array, width: number): ItemSimilarity {
  const items = values.length / width;
  const units = new Float32Array(values.length);
  for (let item = 0; item < items; item++) {
    const own = values.subarray(item * width, (item + 1) * width);
    const length = Math.sqrt(own.reduce((sum, x) => sum + x * x, 0));
    if (length > 0)
      units.set(
        own.map((x) => x / length),
        item * width,
      );
  }
  return (a, b) => {
    let sum = 0;
    for (let i = a * width, j = b * width, k = 0; k < width; i++, j++, k++)
      sum += (units[i] ?? 0) * (units[j] ?? 0);
    return sum;
  };
}

/** Cosines of sets of categories: those in common over the geometric mean of how many each has; 0 for those of none. */
export function categorySimilarity({
  starts,
  indices,
}: NonNullable<ItemFeatures['categories']>): ItemSimilarity {
  const sizeOf = (item: number) => (starts[item + 1] ?? 0) - (starts[item] ?? 0);
  return (a, b) => {
    let shared = 0;
    for (let i = starts[a] ?? 0; i < (starts[a + 1] ?? 0); i++)
      for (let j = starts[b] ?? 0; j < (starts[b + 1] ?? 0); j++)
        if (indices[i] === indices[j]) shared++;
    return shared > 0 ? shared / Math.sqrt(sizeOf(a) * sizeOf(b)) : 0;
  };
}
