/** What lists are like beside whether they are right: how known, how varied, how much of the catalogue they show. */
import { stretch, type Parts } from '../../lib/parts.ts';
import type { Interactions } from '../interactions.ts';
import { peopleSimilarityInParts } from '../item-traits.ts';
import type { ItemSimilarity } from '../rerank.ts';
import { countInParts } from '../transpose.ts';
import { gini } from './concentration.ts';
import { noItem } from './top-items.ts';

export interface CatalogueUse {
  /** Share of all items that are in any list. */
  coverage: number;
  /** Of places over items: 0 all alike, near 1 a few have all. */
  gini: number;
}

/** @param lists [lists, depth], of which the first `cutoff` places count */
export function catalogueUse(
  lists: Uint32Array,
  depth: number,
  cutoff: number,
  items: number,
): CatalogueUse {
  const counts = new Uint32Array(items);
  lists.forEach((item, at) => {
    if (item !== noItem && at % depth < cutoff) counts[item] = (counts[item] ?? 0) + 1;
  });
  const shown = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  return { coverage: shown / (items || 1), gini: gini(counts) };
}

/** Pairs whose cosine is kept: some 40 MB. */
const mostCosines = 1e6;

/** Measures one list's novelty and diversity by what people were known to have. */
export class ListQuality {
  /** −log2 of the share of people who have the item; of one whom nobody has, as if one had. */
  readonly #surprise: Float64Array;
  readonly #similarity: ItemSimilarity;
  readonly #cosines = new Map<number, number>();

  private constructor(surprise: Float64Array, similarity: ItemSimilarity) {
    this.#surprise = surprise;
    this.#similarity = similarity;
  }

  static *of(train: Interactions): Parts<ListQuality> {
    const counts = yield* stretch(countInParts(train), 0, 0.2);
    const surprise = Float64Array.from(
      counts,
      (count) => -Math.log2(Math.max(count, 1) / train.users),
    );
    return new ListQuality(surprise, yield* stretch(peopleSimilarityInParts(train), 0.2, 1));
  }

  /** Mean self-information in bits (Zhou et al. 2010); NaN of an empty list. */
  novelty(list: Uint32Array, cutoff: number): number {
    const shown = itemsOf(list, cutoff);
    return shown.reduce((sum, item) => sum + (this.#surprise[item] ?? 0), 0) / shown.length;
  }

  /**
   * 1 − the mean cosine of pairs, by who has them, whatever the values (intra-list diversity: Ziegler et al. 2005). So it
   * is one measure for all models of the same data. NaN of fewer than two.
   */
  diversity(list: Uint32Array, cutoff: number): number {
    const shown = itemsOf(list, cutoff);
    let sum = 0;
    for (let a = 0; a < shown.length; a++)
      for (let b = 0; b < a; b++) sum += this.#cosine(shown[a] ?? 0, shown[b] ?? 0);
    const pairs = (shown.length * (shown.length - 1)) / 2;
    return pairs === 0 ? Number.NaN : 1 - sum / pairs;
  }

  /** Lists share most of their pairs, and what is popular is long to compare: what was found is kept. */
  #cosine(a: number, b: number): number {
    const pair = Math.min(a, b) * this.#surprise.length + Math.max(a, b);
    const known = this.#cosines.get(pair);
    if (known !== undefined) return known;
    const cosine = this.#similarity(b, a);
    if (this.#cosines.size < mostCosines) this.#cosines.set(pair, cosine);
    return cosine;
  }
}

function itemsOf(list: Uint32Array, cutoff: number): Uint32Array {
  return list.subarray(0, cutoff).filter((item) => item !== noItem);
}
