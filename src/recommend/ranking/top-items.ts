/** The best few of many scores, without sorting them all. */

/** No item: what fills a list that has fewer items than places. */
export const noItem = 0xffffffff;

type Scores = Float32Array | Float64Array;

/**
 * The items of the highest scores, best first; of equal scores the lower item first. What is in `seen` is left out,
 * and so is an item whose score is NaN.
 * @param seen items ascending
 * @param out as many items are found as it has places; those left over become `noItem`
 */
export function topItems(scores: Float32Array, seen: Uint32Array, out: Uint32Array): void {
  const places = out.length;
  let found = 0;
  let next = 0;
  // `out` is a binary heap with the worst at the root: most items are turned away by one comparison with it.
  let worst = -Infinity;
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item] ?? 0;
    if (found === places && !(score > worst)) continue; // of equals the lower is there already
    while (next < seen.length && (seen[next] ?? 0) < item) next++;
    if (seen[next] === item || Number.isNaN(score)) continue;
    if (found < places) siftUp(scores, out, found++, item);
    else if (places > 0) siftDown(scores, out, places, item);
    worst = found === places ? (scores[out[0] ?? 0] ?? 0) : -Infinity;
  }
  sortHeap(scores, out, found);
  out.fill(noItem, found);
}

/**
 * The same among some candidates only, in any order, none twice.
 * @returns how many were found: fewer than `out` has places where there are fewer candidates
 */
export function topCandidates(
  scores: Float64Array,
  candidates: Uint32Array,
  out: Uint32Array,
): number {
  const places = out.length;
  let found = 0;
  for (const item of candidates)
    if (found < places) siftUp(scores, out, found++, item);
    else if (places > 0 && isWorse(scores, out[0] ?? 0, item)) siftDown(scores, out, places, item);
  sortHeap(scores, out, found);
  return found;
}

/** From a heap with the worst at the root to best first. */
function sortHeap(scores: Scores, heap: Uint32Array, found: number) {
  for (let size = found; size > 1; size--) {
    const worst = heap[0] ?? 0;
    siftDown(scores, heap, size - 1, heap[size - 1] ?? 0);
    heap[size - 1] = worst;
  }
}

/** Whether a is the worse of two items. */
function isWorse(scores: Scores, a: number, b: number): boolean {
  const difference = (scores[a] ?? 0) - (scores[b] ?? 0);
  return difference < 0 || (!(difference > 0) && scores[a] === scores[b] && a > b);
}

function siftUp(scores: Scores, heap: Uint32Array, from: number, item: number) {
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] ?? 0;
    if (!isWorse(scores, item, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = item;
}

/** Puts `item` in the root's place of a heap of `size`. */
function siftDown(scores: Scores, heap: Uint32Array, size: number, item: number) {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && isWorse(scores, heap[child + 1] ?? 0, heap[child] ?? 0)) child++;
    const below = heap[child] ?? 0;
    if (!isWorse(scores, below, item)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = item;
}
