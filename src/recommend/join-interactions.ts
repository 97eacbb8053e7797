/** Two parts of the same users and items as one. */
import { atOnce, inRowRanges, type Parts } from '../lib/parts.ts';
import type { Interactions } from './interactions.ts';

/** @param a, b without a pair in common, as parts of a split are */
export function joinInteractions(a: Interactions, b: Interactions): Interactions {
  return atOnce(joinInParts(a, b));
}

/** The same for millions of events while others want to be heard. */
export function* joinInParts(a: Interactions, b: Interactions): Parts<Interactions> {
  if (b.indices.length === 0) return a;
  const count = a.indices.length + b.indices.length;
  const starts = a.starts.map((start, user) => start + (b.starts[user] ?? 0));
  const indices = new Uint32Array(count);
  const values = new Float32Array(count);
  const times = a.times && b.times ? new Float64Array(count) : null;
  yield* inRowRanges(starts, (from, end) => {
    let to = starts[from] ?? 0;
    for (let user = from; user < end; user++) {
      let i = a.starts[user] ?? 0;
      let j = b.starts[user] ?? 0;
      const endOfA = a.starts[user + 1] ?? 0;
      const endOfB = b.starts[user + 1] ?? 0;
      while (i < endOfA || j < endOfB) {
        const isOfA = j >= endOfB || (i < endOfA && (a.indices[i] ?? 0) < (b.indices[j] ?? 0));
        const part = isOfA ? a : b;
        const at = isOfA ? i++ : j++;
        indices[to] = part.indices[at] ?? 0;
        values[to] = part.values[at] ?? 0;
        if (times) times[to] = part.times?.[at] ?? Number.NaN;
        to++;
      }
    }
  });
  return { users: a.users, items: a.items, starts, indices, values, times };
}
