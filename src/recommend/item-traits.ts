/** What lists are re-ranked by (rerank.ts): how popular, how new and how alike items are. */
import { atOnce, type Parts } from '../lib/parts.ts';
import type { Interactions } from './interactions.ts';
import type { ItemSimilarity, RerankTraits } from './rerank.ts';
import { transposeInParts } from './transpose.ts';

/** Each worked out when it is asked for, once: the model's own order needs none. */
export class ItemTraits implements RerankTraits {
  readonly #known: Interactions;
  #popularity: Float32Array | undefined;
  #freshness: Float32Array | undefined;
  #similarity: ItemSimilarity | undefined;

  constructor(known: Interactions) {
    this.#known = known;
  }

  get popularity() {
    return (this.#popularity ??= popularityOf(this.#known));
  }

  get freshness() {
    return (this.#freshness ??= freshnessOf(
      firstEvents(this.#known) ?? new Float64Array(this.#known.items).fill(NaN),
    ));
  }

  get similarity() {
    return (this.#similarity ??= peopleSimilarity(this.#known));
  }
}

/** [items], 0 to 1: ln(1 + events) over the most popular's, since a few items have most of the events. */
export function popularityOf({ items, indices }: Interactions): Float32Array {
  const counts = new Float64Array(items);
  for (const item of indices) counts[item] = (counts[item] ?? 0) + 1;
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  return Float32Array.from(counts, (count) => Math.log1p(count) / Math.log1p(most));
}

/** [items]: the time of an item's first event, NaN for one without; null where there are no times. */
export function firstEvents({ items, indices, times }: Interactions): Float64Array | null {
  if (!times) return null;
  const first = new Float64Array(items).fill(NaN);
  indices.forEach((item, at) => {
    const time = times[at] ?? NaN;
    if (!(time >= (first[item] ?? NaN)) && !Number.isNaN(time)) first[item] = time;
  });
  return first;
}

/**
 * [items], 0 to 1: the share of other items that are older, those as old counting half. So years, dates and first
 * events serve alike, in any unit. One of unknown time lies in the middle.
 * @param times [items], larger is newer; NaN where unknown
 */
export function freshnessOf(times: ArrayLike<number>): Float32Array {
  const freshness = new Float32Array(times.length).fill(0.5);
  const order = Array.from({ length: times.length }, (_, item) => item)
    .filter((item) => !Number.isNaN(times[item]))
    .sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
  const others = Math.max(1, order.length - 1);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && times[order[to] ?? 0] === times[order[from] ?? 0]) to++;
    const share = order.length > 1 ? (from + (to - from - 1) / 2) / others : 0.5;
    for (const item of order.slice(from, to)) freshness[item] = share;
  }
  return freshness;
}

/** Of people marked as having an item: in bytes, for all items that stay marked. */
const mostMarked = 16e6;

/**
 * The cosine of who had one item and who had the other, 1 or 0 a person: those in common over the geometric mean of how
 * many had each. The same measure for every model of the same data; 0 for an item that nobody had.
 * Who had the second item is marked for the next question, as rerank.ts holds many items against few.
 */
export function peopleSimilarity(known: Interactions): ItemSimilarity {
  return atOnce(peopleSimilarityInParts(known));
}

/** The same for millions of events while others want to be heard. */
export function* peopleSimilarityInParts(known: Interactions): Parts<ItemSimilarity> {
  const { starts, indices } = yield* transposeInParts(known);
  const sizeOf = (item: number) => (starts[item + 1] ?? 0) - (starts[item] ?? 0);
  const mostMarks = Math.min(64, Math.max(2, Math.floor(mostMarked / Math.max(1, known.users))));
  const marks = new Map<number, Uint8Array>();
  const marksOf = (item: number) => {
    const kept = marks.get(item);
    if (kept) return kept;
    const [oldest] = marks.keys();
    if (marks.size >= mostMarks && oldest !== undefined) marks.delete(oldest);
    const made = new Uint8Array(known.users);
    for (let at = starts[item] ?? 0; at < (starts[item + 1] ?? 0); at++) made[indices[at] ?? 0] = 1;
    marks.set(item, made);
    return made;
  };
  return (a, b) => {
    const had = marksOf(b);
    const to = starts[a + 1] ?? 0;
    let shared = 0;
    for (let at = starts[a] ?? 0; at < to; at++) shared += had[indices[at] ?? 0] ?? 0;
    return shared === 0 ? 0 : shared / Math.sqrt(sizeOf(a) * sizeOf(b));
  };
}
