/** Events in their order, cut into windows of fixed length. A token is an item's number plus one; 0 is padding. */
import type { Random } from '../../../lib/random.ts';
import { tasteOf, type Interactions, type Taste } from '../../interactions.ts';

/** Items by time, ties and unknown times (which come first) by number. */
export function inOrder({ items, times }: Taste): Uint32Array {
  if (!times) return items;
  const timeOf = (at: number) => {
    const time = times[at] ?? NaN;
    return Number.isNaN(time) ? -Infinity : time;
  };
  const order = Uint32Array.from(items, (_, at) => at).sort((a, b) => {
    const [first, second] = [timeOf(a), timeOf(b)];
    return first < second ? -1 : first > second ? 1 : a - b;
  });
  return order.map((at) => items[at] ?? 0);
}

/** Of each user, in order; those of fewer than two events teach nothing and are left out. */
export function sequencesOf(interactions: Interactions): Uint32Array[] {
  return Array.from({ length: interactions.users }, (_, user) =>
    inOrder(tasteOf(interactions, user)),
  ).filter(({ length }) => length > 1);
}

/** A window's inputs are the events [from, to), what came next those after each. */
export interface Window {
  sequence: Uint32Array;
  from: number;
  to: number;
}

/**
 * Windows that cover each sequence once, so that each event but the first is learned to follow once. Where they are
 * cut is drawn, since an event at the start of a window is told from few others.
 */
export function drawWindows(
  sequences: readonly Uint32Array[],
  steps: number,
  random: Random,
): Window[] {
  return sequences.flatMap((sequence) => {
    const inputs = sequence.length - 1;
    const windows: Window[] = [];
    const first = inputs > steps ? 1 + random.integer(steps) : inputs;
    for (let from = 0, to = first; from < inputs; from = to, to = Math.min(inputs, to + steps))
      windows.push({ sequence, from, to });
    return windows;
  });
}

/** Writes the inputs at the end of `tokens` [steps], padding before them. */
export function fillTokens(tokens: Float32Array, items: Uint32Array) {
  tokens.fill(0);
  const last = items.subarray(Math.max(0, items.length - tokens.length));
  const from = tokens.length - last.length;
  last.forEach((item, i) => (tokens[from + i] = item + 1));
}
