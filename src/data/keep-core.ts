/** The k-core of events: every user and every item that is left has at least k of them. */
import { StudioError } from '../lib/errors.ts';

/**
 * @param users, items [events]: who and what, by number; −1 is nobody and is left out
 * @returns places of the events that are left, ascending
 * @throws StudioError `bad-config` where none is
 */
export function keepCore(users: Int32Array, items: Int32Array, least: number): Uint32Array {
  let kept = Uint32Array.from(users.keys()).filter(
    (event) => (users[event] ?? -1) >= 0 && (items[event] ?? -1) >= 0,
  );
  for (;;) {
    const ofUser = countsOf(users, kept);
    const ofItem = countsOf(items, kept);
    const next = kept.filter(
      (event) =>
        (ofUser[users[event] ?? 0] ?? 0) >= least && (ofItem[items[event] ?? 0] ?? 0) >= least,
    );
    if (next.length === 0)
      throw new StudioError(
        'bad-config',
        `No user and item have ${least} events each: try a smaller number`,
      );
    if (next.length === kept.length) return kept;
    kept = next;
  }
}

function countsOf(ids: Int32Array, kept: Uint32Array): Uint32Array {
  let most = -1;
  for (const event of kept) most = Math.max(most, ids[event] ?? -1);
  const counts = new Uint32Array(most + 1);
  for (const event of kept) counts[ids[event] ?? 0] = (counts[ids[event] ?? 0] ?? 0) + 1;
  return counts;
}
