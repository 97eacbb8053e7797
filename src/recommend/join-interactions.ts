/** Two parts of the same users and items as one. */
import type { Interactions } from './interactions.ts';

/** @param a, b without a pair in common, as parts of a split are */
export function joinInteractions(a: Interactions, b: Interactions): Interactions {
  if (b.indices.length === 0) return a;
  const count = a.indices.length + b.indices.length;
  const starts = new Uint32Array(a.users + 1);
  const indices = new Uint32Array(count);
  const values = new Float32Array(count);
  const times = a.times && b.times ? new Float64Array(count) : null;
  let to = 0;
  const take = (from: Interactions, at: number) => {
    indices[to] = from.indices[at] ?? 0;
    values[to] = from.values[at] ?? 0;
    if (times) times[to] = from.times?.[at] ?? Number.NaN;
    to++;
  };
  for (let user = 0; user < a.users; user++) {
    let i = a.starts[user] ?? 0;
    let j = b.starts[user] ?? 0;
    const endOfA = a.starts[user + 1] ?? 0;
    const endOfB = b.starts[user + 1] ?? 0;
    while (i < endOfA || j < endOfB) {
      const isOfA = j >= endOfB || (i < endOfA && (a.indices[i] ?? 0) < (b.indices[j] ?? 0));
      if (isOfA) take(a, i++);
      else take(b, j++);
    }
    starts[user + 1] = to;
  }
  return { users: a.users, items: a.items, starts, indices, values, times };
}
