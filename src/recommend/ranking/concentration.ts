/** How unevenly something is shared out. */

/** The Gini coefficient of counts: 0 where all are alike, (n − 1)/n where one has all; 0 where there is nothing. */
export function gini(counts: Uint32Array): number {
  const sorted = counts.slice().sort();
  const n = sorted.length;
  let total = 0;
  let weighted = 0;
  sorted.forEach((count, i) => {
    total += count;
    weighted += (2 * (i + 1) - n - 1) * count;
  });
  return total === 0 ? 0 : weighted / (n * total);
}
