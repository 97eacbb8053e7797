/** What a set of interactions looks like before anything is learned from it. */
import { atOnce, inRanges, stretch, type Parts } from '../lib/parts.ts';
import { gini } from './ranking/concentration.ts';
import type { Interactions } from './interactions.ts';
import { countInParts } from './transpose.ts';

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
  return atOnce(profileInParts(interactions));
}

/** The same for millions of events while others want to be heard. */
export function* profileInParts(interactions: Interactions): Parts<InteractionProfile> {
  const { users, items, starts, indices, times } = interactions;
  const byUser = Uint32Array.from(starts.subarray(1), (end, user) => end - (starts[user] ?? 0));
  const byItem = yield* stretch(countInParts(interactions), 0, 0.3);
  byUser.sort();
  yield 0.3;
  byItem.sort();
  yield 0.3;
  const head = byItem.subarray(items - Math.max(1, Math.ceil(items / 10)));
  const cold = (counts: Uint32Array) => counts.filter((count) => count < coldBelow).length;
  const valueCounts = yield* stretch(countValues(interactions.values), 0.3, 0.7);
  const period = times && (yield* stretch(periodOf(times), 0.7, 1));
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
    period,
  };
}

function rangeOf(sorted: Uint32Array): [number, number, number] {
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return [sorted[0] ?? 0, median, sorted.at(-1) ?? 0];
}

/** Null of more than 50 different ones. */
function* countValues(values: Float32Array): Parts<InteractionProfile['valueCounts']> {
  const counts = new Map<number, number>();
  const count = inRanges(values.length, (from, to) => {
    for (let at = from; at < to && counts.size <= 50; at++) {
      const value = values[at] ?? 0;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  });
  for (const share of count) {
    if (counts.size > 50) return null;
    yield share;
  }
  return [...counts]
    .map(([value, times]) => ({ value, count: times }))
    .sort((a, b) => a.value - b.value);
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

function* periodOf(times: Float64Array): Parts<[number, number] | null> {
  let earliest = Infinity;
  let latest = -Infinity;
  yield* inRanges(times.length, (from, to) => {
    for (let at = from; at < to; at++) {
      const time = times[at] ?? Number.NaN;
      if (time < earliest) earliest = time;
      if (time > latest) latest = time;
    }
  });
  return earliest <= latest ? [earliest, latest] : null;
}
