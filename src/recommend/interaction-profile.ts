/** What a set of interactions looks like before anything is learned from it. */
import { gini } from './ranking/concentration.ts';
import type { Interactions } from './interactions.ts';
import { countByItem } from './transpose.ts';

/** A user or item with fewer events than this is cold: next to nothing can be learned from it. */
const coldBelow = 5;

export interface InteractionProfile {
  users: number;
  items: number;
  events: number;
  /** Share of the users × items pairs that have no event. */
  sparsity: number;
  /** Events a user and an item, [least, median, most]. */
  eventsPerUser: [number, number, number];
  eventsPerItem: [number, number, number];
  /** Share of events that the most popular tenth of the items have. */
  headShare: number;
  /** Of events over items: 0 all alike, 1 one item has all. */
  itemGini: number;
  /** With fewer than `coldBelow` events, those without any included. */
  coldUsers: number;
  coldItems: number;
  /** How often each value occurs, by value ascending; null where there are more than 50 different ones. */
  valueCounts: { value: number; count: number }[] | null;
  /**
   * Of few different values those far from nearly all others, as typing errors or codes for "unknown" are: how many,
   * and between what the others lie. Null where there are none.
   */
  farValues: { count: number; usual: [number, number] } | null;
  /** Earliest and latest, ms since 1970 UTC; null where there are no times. */
  period: [number, number] | null;
}

export function profileInteractions(interactions: Interactions): InteractionProfile {
  const { users, items, starts, indices, times } = interactions;
  const byUser = Uint32Array.from(
    { length: users },
    (_, user) => (starts[user + 1] ?? 0) - (starts[user] ?? 0),
  ).sort();
  const byItem = countByItem(interactions).sort();
  const head = byItem.subarray(items - Math.max(1, Math.ceil(items / 10)));
  const cold = (counts: Uint32Array) => counts.filter((count) => count < coldBelow).length;
  const valueCounts = countValues(interactions.values);
  return {
    users,
    items,
    events: indices.length,
    sparsity: 1 - indices.length / (users * items || 1),
    eventsPerUser: rangeOf(byUser),
    eventsPerItem: rangeOf(byItem),
    headShare: head.reduce((sum, count) => sum + count, 0) / (indices.length || 1),
    itemGini: gini(byItem),
    coldUsers: cold(byUser),
    coldItems: cold(byItem),
    valueCounts,
    farValues: valueCounts && farFrom(valueCounts, indices.length),
    period: times && periodOf(times),
  };
}

function rangeOf(sorted: Uint32Array): [number, number, number] {
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return [sorted[0] ?? 0, median, sorted.at(-1) ?? 0];
}

function countValues(values: Float32Array): { value: number; count: number }[] | null {
  const counts = new Map<number, number>();
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > 50) return null;
  }
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => a.value - b.value);
}

/** Further from the middle 98 % than those are wide; where these are all one value, than it is large. */
function farFrom(
  counts: readonly { value: number; count: number }[],
  events: number,
): InteractionProfile['farValues'] {
  const at = (place: number) => {
    let before = 0;
    return counts.find(({ count }) => (before += count) > place)?.value ?? NaN;
  };
  const usual: [number, number] = [at(0.01 * events), at(0.99 * events - 1e-9)];
  const [low, high] = usual;
  const width = high - low || Math.abs(high) || 1;
  const count = counts
    .filter(({ value }) => value < low - width || value > high + width)
    .reduce((sum, far) => sum + far.count, 0);
  return count > 0 ? { count, usual } : null;
}

function periodOf(times: Float64Array): [number, number] | null {
  let earliest = Infinity;
  let latest = -Infinity;
  for (const time of times) {
    if (time < earliest) earliest = time;
    if (time > latest) latest = time;
  }
  return earliest <= latest ? [earliest, latest] : null;
}
