/** Each item's nearest items, found a row at a time: no matrix of items × items is ever made. */
import { inRanges, type Parts } from '../../../lib/parts.ts';
import { Breaks } from '../../in-parts.ts';
import type { Interactions } from '../../interactions.ts';
import { Pace } from '../../pace.ts';
import { topCandidates } from '../../ranking/top-items.ts';
import { transposeInParts } from '../../transpose.ts';

/** Items whose neighbours are turned between two breaks. */
const turnedAtOnce = 256;

export interface ItemNeighbours {
  /** By the neighbour: for item j, the items i that have j among their nearest, ascending. [items + 1] */
  starts: Uint32Array;
  /** [entries] i */
  targets: Uint32Array;
  /** [entries] */
  similarities: Float32Array;
}

/**
 * Similarity of i and j: x_i · x_j / (‖x_i‖ ‖x_j‖ + shrinkage), of columns of x; only those above 0 are neighbours.
 * @param breathe told the share done
 */
export async function findNeighbours(
  x: Interactions,
  neighbours: number,
  shrinkage: number,
  breathe: (done: number) => Promise<void>,
): Promise<ItemNeighbours> {
  const { items } = x;
  const breaks = new Breaks(() => breathe(0));
  const byItem = await breaks.drive(transposeInParts(x));
  const search = new RowSearch(x, byItem, shrinkage, await breaks.drive(normsOf(x)));
  const most = Math.min(neighbours, Math.max(items - 1, 0));
  const nearest = new Uint32Array(items * most);
  const similarities = new Float32Array(items * most);
  const counts = new Uint32Array(items);
  const pace = new Pace(breathe);
  for (let item = 0; item < items; item++) {
    const out = nearest.subarray(item * most, (item + 1) * most);
    const found = search.find(item, out);
    counts[item] = found;
    for (let n = 0; n < found; n++)
      similarities[item * most + n] = search.similarities[out[n] ?? 0] ?? 0;
    if (pace.isDue()) await pace.breathe(item / items);
  }
  return breaks.drive(turn(nearest, similarities, counts, most));
}

class RowSearch {
  /** To the item last searched for; of its candidates only. */
  readonly similarities: Float64Array;
  readonly #x: Interactions;
  readonly #byItem: Interactions;
  readonly #shrinkage: number;
  readonly #norms: Float64Array;
  readonly #candidates: Uint32Array;

  constructor(x: Interactions, byItem: Interactions, shrinkage: number, norms: Float64Array) {
    this.#x = x;
    this.#byItem = byItem;
    this.#shrinkage = shrinkage;
    this.similarities = new Float64Array(x.items);
    this.#candidates = new Uint32Array(x.items);
    this.#norms = norms;
  }

  find(item: number, out: Uint32Array): number {
    this.#addProducts(item);
    const sums = this.similarities;
    const norm = this.#norms[item] ?? 0;
    let count = 0;
    for (let other = 0; other < sums.length; other++) {
      const sum = sums[other] ?? 0;
      if (!(sum > 0) || other === item) continue;
      sums[other] = sum / (norm * (this.#norms[other] ?? 0) + this.#shrinkage);
      this.#candidates[count++] = other;
    }
    return topCandidates(sums, this.#candidates.subarray(0, count), out);
  }

  /** x_item · x_j of all j. */
  #addProducts(item: number) {
    const { starts, indices, values } = this.#x;
    const sums = this.similarities;
    sums.fill(0);
    const to = this.#byItem.starts[item + 1] ?? 0;
    for (let event = this.#byItem.starts[item] ?? 0; event < to; event++) {
      const user = this.#byItem.indices[event] ?? 0;
      const value = this.#byItem.values[event] ?? 0;
      const end = starts[user + 1] ?? 0;
      for (let at = starts[user] ?? 0; at < end; at++) {
        const other = indices[at] ?? 0;
        sums[other] = (sums[other] ?? 0) + value * (values[at] ?? 0);
      }
    }
  }
}

/** Of columns. [items] */
function* normsOf({ items, indices, values }: Interactions): Parts<Float64Array> {
  const squares = new Float64Array(items);
  yield* inRanges(indices.length, (from, to) => {
    for (let event = from; event < to; event++) {
      const item = indices[event] ?? 0;
      squares[item] = (squares[item] ?? 0) + (values[event] ?? 0) ** 2;
    }
  });
  return squares.map(Math.sqrt);
}

/** From the nearest of each item to whom each is a neighbour of. */
function* turn(
  nearest: Uint32Array,
  similarities: Float32Array,
  counts: Uint32Array,
  most: number,
): Parts<ItemNeighbours> {
  const items = counts.length;
  const starts = new Uint32Array(items + 1);
  const count = (from: number, to: number) => {
    for (let item = from; item < to; item++)
      for (let at = item * most; at < item * most + (counts[item] ?? 0); at++) {
        const next = (nearest[at] ?? 0) + 1;
        starts[next] = (starts[next] ?? 0) + 1;
      }
  };
  yield* inRanges(items, count, turnedAtOnce);
  for (let item = 0; item < items; item++)
    starts[item + 1] = (starts[item + 1] ?? 0) + (starts[item] ?? 0);
  const next = starts.slice();
  const targets = new Uint32Array(starts[items] ?? 0);
  const turned = new Float32Array(targets.length);
  const place = (from: number, to: number) => {
    for (let item = from; item < to; item++)
      for (let at = item * most; at < item * most + (counts[item] ?? 0); at++) {
        const neighbour = nearest[at] ?? 0;
        const free = next[neighbour] ?? 0;
        next[neighbour] = free + 1;
        targets[free] = item;
        turned[free] = similarities[at] ?? 0;
      }
  };
  yield* inRanges(items, place, turnedAtOnce);
  return { starts, targets, similarities: turned };
}
