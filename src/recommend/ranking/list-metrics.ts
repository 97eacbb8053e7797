/** How good one list is for one person. Relevant is what they went on to have; all of it counts alike. */
import { noItem } from './top-items.ts';

export const cutoffs = [5, 10, 20] as const;
export type Cutoff = (typeof cutoffs)[number];

/**
 * With k the cut-off and R what is relevant:
 * ndcg: Σ 1/log2(place + 1) over hits, by the most that min(k, |R|) hits can have (Järvelin & Kekäläinen 2002);
 * recall: hits/|R|; precision: hits/k; map: Σ precision at each hit / min(k, |R|); mrr: 1/place of the first hit;
 * hit: whether there is one. The mean over people is the figure.
 */
export const rankingMetricKinds = ['ndcg', 'recall', 'precision', 'map', 'mrr', 'hit'] as const;
export type RankingMetricKind = (typeof rankingMetricKinds)[number];

/** Like `ndcgAt10`. */
export const rankingMetricName = (kind: RankingMetricKind, cutoff: Cutoff) =>
  `${kind}At${cutoff}` as const;
export type RankingMetricName = ReturnType<typeof rankingMetricName>;

/**
 * @param list items, best first; `noItem` ends it
 * @param relevant items ascending, at least one
 */
export function listMetrics(
  list: Uint32Array,
  relevant: Uint32Array,
  cutoff: Cutoff,
): Record<RankingMetricKind, number> {
  let hits = 0;
  let gain = 0;
  let precisions = 0;
  let first = 0;
  for (let place = 1; place <= Math.min(cutoff, list.length); place++) {
    const item = list[place - 1] ?? noItem;
    if (item === noItem) break;
    if (!includesSorted(relevant, item)) continue;
    hits++;
    gain += 1 / Math.log2(place + 1);
    precisions += hits / place;
    if (first === 0) first = place;
  }
  const most = Math.min(cutoff, relevant.length);
  let ideal = 0;
  for (let place = 1; place <= most; place++) ideal += 1 / Math.log2(place + 1);
  return {
    ndcg: gain / ideal,
    recall: hits / relevant.length,
    precision: hits / cutoff,
    map: precisions / most,
    mrr: first && 1 / first,
    hit: first && 1,
  };
}

/** Whether a value is in a sorted array, by halving. */
export function includesSorted(sorted: Uint32Array, value: number): boolean {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return sorted[from] === value;
}
