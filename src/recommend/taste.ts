/** What a person says they like, as a model takes it. */
import type { Taste } from './interactions.ts';

export interface TasteEntry {
  item: number;
  value: number;
  /** ms since 1970 UTC. */
  time?: number;
}

/**
 * Of entries in any order; of one item the last counts. What the model doesn't know (an item out of range, a value that
 * isn't a finite number) is left out and counted.
 */
export function tasteFrom(
  entries: readonly TasteEntry[],
  items: number,
): { taste: Taste; unknown: number } {
  const byItem = new Map<number, TasteEntry>();
  let unknown = 0;
  for (const entry of entries) {
    const isKnown = Number.isInteger(entry.item) && entry.item >= 0 && entry.item < items;
    if (isKnown && Number.isFinite(entry.value)) byItem.set(entry.item, entry);
    else unknown++;
  }
  const sorted = [...byItem.values()].sort((a, b) => a.item - b.item);
  const isTimed = sorted.some(({ time }) => time !== undefined);
  const taste = {
    items: Uint32Array.from(sorted, ({ item }) => item),
    values: Float32Array.from(sorted, ({ value }) => value),
    times: isTimed ? Float64Array.from(sorted, ({ time }) => time ?? Number.NaN) : null,
  };
  return { taste, unknown };
}
