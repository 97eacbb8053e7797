/** Products of a sparse matrix with itself, by its sparse rows: no dense copy of it is ever made. */
import type { Interactions } from '../interactions.ts';
import { Pace } from '../pace.ts';

/**
 * Adds XᵀX to the lower triangle of `out`, the diagonal included.
 * @param x [users, items]
 * @param out [items, items] row-major
 */
export async function addGram(
  x: Interactions,
  out: Float64Array,
  breathe: (done: number) => Promise<void>,
): Promise<void> {
  const { users, items, starts, indices, values } = x;
  const pace = new Pace(breathe);
  for (let user = 0; user < users; user++) {
    if (pace.isDue()) await pace.breathe(user / users);
    const from = starts[user] ?? 0;
    const to = starts[user + 1] ?? from;
    for (let i = from; i < to; i++) {
      const row = (indices[i] ?? 0) * items;
      const value = values[i] ?? 0;
      for (let j = from; j <= i; j++) {
        const at = row + (indices[j] ?? 0);
        out[at] = (out[at] ?? 0) + value * (values[j] ?? 0);
      }
    }
  }
}
