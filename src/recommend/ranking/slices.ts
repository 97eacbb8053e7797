/** For whom and for what a method works: the figure by how active people are and by how popular items are. */
import { tasteOf, type Interactions } from '../interactions.ts';
import { countByItem } from '../transpose.ts';
import { listDepth, type PerUserMetricName, type RankingEvaluation } from './evaluate-ranking.ts';
import { includesSorted } from './list-metrics.ts';

export interface ActivitySlice {
  /** Training events of the people in it, least and most. */
  events: [number, number];
  people: number;
  /** Mean over them. */
  value: number;
}

/** People in `parts` of about equal size by how much they have done; those who have done as much stay together. */
export function sliceByActivity(
  evaluation: RankingEvaluation,
  train: Interactions,
  metric: PerUserMetricName,
  parts = 3,
): ActivitySlice[] {
  const activity = (row: number) => tasteOf(train, evaluation.users[row] ?? 0).items.length;
  const rows = Array.from(evaluation.users.keys()).sort((a, b) => activity(a) - activity(b));
  return groupsOf(rows, activity, parts).map((group) => {
    const values = group
      .map((row) => evaluation.perUser[metric][row] ?? Number.NaN)
      .filter((value) => !Number.isNaN(value));
    return {
      events: [activity(group[0] ?? 0), activity(group.at(-1) ?? 0)],
      people: group.length,
      value: values.reduce((a, b) => a + b, 0) / values.length,
    };
  });
}

export interface PopularitySlice {
  name: 'head' | 'middle' | 'tail';
  /** Training events of the items in it, least and most. */
  events: [number, number];
  items: number;
  /** Test events of these items. */
  wanted: number;
  /** Share of those that were among the first `cutoff` of their person's list; NaN where there are none. */
  recall: number;
}

/** Head: the most popular items that together have half of the training events; tail: the last fifth of the events. */
export function sliceByPopularity(
  { users, lists }: RankingEvaluation,
  train: Interactions,
  test: Interactions,
  cutoff = 10,
): PopularitySlice[] {
  const counts = countByItem(train);
  const order = Array.from(counts.keys()).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  const sliceOf = new Uint8Array(train.items);
  let before = 0;
  for (const item of order) {
    const share = before / train.indices.length;
    sliceOf[item] = share < 0.5 ? 0 : share < 0.8 ? 1 : 2;
    before += counts[item] ?? 0;
  }
  const wanted = [0, 0, 0];
  const found = [0, 0, 0];
  users.forEach((user, row) => {
    const list = lists.slice(row * listDepth, row * listDepth + cutoff).sort();
    for (const item of tasteOf(test, user).items) {
      const slice = sliceOf[item] ?? 0;
      wanted[slice] = (wanted[slice] ?? 0) + 1;
      if (includesSorted(list, item)) found[slice] = (found[slice] ?? 0) + 1;
    }
  });
  return (['head', 'middle', 'tail'] as const).map((name, slice) => {
    const items = order.filter((item) => sliceOf[item] === slice);
    return {
      name,
      events: [counts[items.at(-1) ?? -1] ?? 0, counts[items[0] ?? -1] ?? 0],
      items: items.length,
      wanted: wanted[slice] ?? 0,
      recall: (found[slice] ?? 0) / (wanted[slice] ?? 0),
    };
  });
}

/** Cuts a sorted list into `parts`, never between two of the same key. */
function groupsOf<T>(sorted: T[], key: (value: T) => number, parts: number): T[][] {
  const groups: T[][] = [];
  let from = 0;
  for (let part = 1; part <= parts; part++) {
    let to = Math.max(from, Math.round((sorted.length * part) / parts));
    const at = (index: number) => {
      const value = sorted[index];
      return value === undefined ? Number.NaN : key(value);
    };
    while (to > from && at(to) === at(to - 1)) to++;
    if (to > from) groups.push(sorted.slice(from, to));
    from = to;
  }
  return groups;
}
