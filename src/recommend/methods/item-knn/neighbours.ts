/** Each item's nearest items, found a row at a time: no matrix of items × items is ever made. */
import type { Interactions } from '../../interactions.ts';
import { Pace } from '../../pace.ts';
import { topCandidates } from '../../ranking/top-items.ts';
import { transposeBreathing } from '../../transpose.ts';

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
  const byItem = await transposeBreathing(x, () => breathe(0));
  const search = new RowSearch(x, byItem, shrinkage);
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
  return turn(nearest, similarities, counts, most);
}

class RowSearch {
  /** To the item last searched for; of its candidates only. */
  readonly similarities: Float64Array;
  readonly #x: Interactions;
  readonly #byItem: Interactions;
  readonly #shrinkage: number;
  readonly #norms: Float64Array;
  readonly #candidates: Uint32Array;

  constructor(x: Interactions, byItem: Interactions, shrinkage: number) {
    this.#x = x;
    this.#byItem = byItem;
    this.#shrinkage = shrinkage;
    this.similarities = new Float64Array(x.items);
    this.#candidates = new Uint32Array(x.items);
    this.#norms = new Float64Array(x.items);
    x.indices.forEach((item, event) => {
      this.#norms[item] = (this.#norms[item] ?? 0) + (x.values[event] ?? 0) ** 2;
    });
    this.#norms.forEach((square, item) => {
      this.#norms[item] = Math.sqrt(square);
    });
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

/** From the nearest of each item to whom each is a neighbour of. */
function turn(
  nearest: Uint32Array,
  similarities: Float32Array,
  counts: Uint32Array,
  most: number,
): ItemNeighbours {
  const starts = new Uint32Array(counts.length + 1);
  const each = (visit: (item: number, at: number, other: number) => void) =>
    counts.forEach((count, item) => {
      for (let at = item * most; at < item * most + count; at++) visit(item, at, nearest[at] ?? 0);
    });
  each((_item, _at, other) => {
    starts[other + 1] = (starts[other + 1] ?? 0) + 1;
  });
  for (let item = 0; item < counts.length; item++)
    starts[item + 1] = (starts[item + 1] ?? 0) + (starts[item] ?? 0);
  const next = starts.slice();
  const turned = {
    starts,
    targets: new Uint32Array(starts.at(-1) ?? 0),
    similarities: new Float32Array(starts.at(-1) ?? 0),
  };
  each((item, at, other) => {
    const place = next[other] ?? 0;
    next[other] = place + 1;
    turned.targets[place] = item;
    turned.similarities[place] = similarities[at] ?? 0;
  });
  return turned;
}
