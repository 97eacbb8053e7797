/** Embeddings of texts as features beside others. */
import type { Embeddings } from '../../item-features.ts';

/**
 * With the mean of all taken off, and rows of length 1 again: what every text of a catalogue has in common tells none
 * of them apart, as a word that is in each of them (Mu, Bhat and Viswanath 2018, whose first step it is). Rows of zeros
 * stay.
 */
export function centredEmbeddings({ values, width }: Embeddings): Embeddings {
  const mean = new Float64Array(width);
  let known = 0;
  const items = values.length / width;
  const rowOf = (of: Float32Array, item: number) => of.subarray(item * width, (item + 1) * width);
  const isKnown = (row: Float32Array) => row.some((value) => value !== 0);
  for (let item = 0; item < items; item++) {
    const row = rowOf(values, item);
    if (!isKnown(row)) continue;
    known++;
    row.forEach((value, k) => (mean[k] = (mean[k] ?? 0) + value));
  }
  const centred = new Float32Array(values.length);
  for (let item = 0; item < items; item++) {
    const row = rowOf(values, item);
    if (!isKnown(row)) continue;
    const own = rowOf(centred, item);
    let squares = 0;
    row.forEach((value, k) => {
      const rest = value - (mean[k] ?? 0) / known;
      own[k] = rest;
      squares += rest * rest;
    });
    // Rounding leaves something over where all texts are the same: they are no reason then.
    const length = squares > 1e-9 ? Math.sqrt(squares) : Infinity;
    own.forEach((value, k) => (own[k] = value / length));
  }
  return { values: centred, width };
}
