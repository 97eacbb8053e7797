/** What workers/recommend.worker.ts serves for the preview of recommendations alone. Plain data. */
import type { Facts } from '../recommend/item-features.ts';
import type { VersionRef } from './contracts.ts';
import type {
  ItemSummary,
  ListOptions,
  PersonSummary,
  Recommendation,
  RerankWeights,
} from './recommend-contract.ts';

/** Somebody of the data, or a new person with what they told, by ids of the data: these hold for every version. */
export type PersonById =
  | { type: 'known'; id: string }
  | { type: 'new'; ratings: readonly { item: string; value: number }[]; facts?: Facts };

/** Items on a plane (recommend/map.ts). Columns of one length; the place in them is the item. */
export interface MappedItems {
  /** What alike means: the model's vectors of items, what its items say of one another, or who had them. */
  basis: 'vectors' | 'weights' | 'people';
  /** Of a hybrid: the method of the member that is shown; else null. */
  member: string | null;
  /** [items, 2], around the middle at 0. */
  positions: Float32Array;
  /** How much of all spread each axis shows, 0 to 1. */
  shares: [horizontal: number, vertical: number];
  titles: string[];
  /** [items]: index in `RecommenderSummary.categories` of the first that an item has, −1 for none. */
  categories: Int32Array;
  /** [items]: how many people had it. */
  people: Uint32Array;
}

/** Means over the sample, and the share of all items that its lists show. Of ten places. */
export interface ListFigures {
  ndcgAt10: number;
  coverageAt10: number;
  /** 1 − the mean cosine of pairs in a list, by who has them. */
  diversityAt10: number;
  /** Mean self-information, bits. */
  noveltyAt10: number;
}

/** What another order does to the figures. */
export interface RerankEffect {
  /** Whom it was measured on: of those with something in the test part, evenly by number. */
  people: number;
  /** How many have something in the test part. */
  tested: number;
  before: ListFigures;
  after: ListFigures;
}

export interface RecommendPreviewApi {
  /**
   * As `recommend`, in one call. Ratings of items that the version's data lacks don't count.
   * @returns null where it has no such person
   */
  listFor(
    version: VersionRef,
    person: PersonById,
    options: { count: number } & ListOptions,
  ): Promise<Recommendation[] | null>;
  /** Numbers of the items that they had or rated, the latest first, those of the data; null as in `listFor`. */
  hadBy(version: VersionRef, person: PersonById, count: number): Promise<number[] | null>;
  /** Numbers differ between versions of the data; ids don't. Null where the model's data has no such person. */
  personOf(version: VersionRef, id: string): Promise<PersonSummary | null>;
  /** In the order of `ids`; null for one that the model's data has not. */
  itemsOf(version: VersionRef, ids: readonly string[]): Promise<(ItemSummary | null)[]>;
  /** @throws StudioError `not-found` for a number that no item has */
  itemAt(version: VersionRef, item: number): Promise<ItemSummary>;
  map(version: VersionRef): Promise<MappedItems>;
  /**
   * Null where nobody has anything in the test part. A later call takes the place of one that is going.
   * @throws StudioError `cancelled` where it did, or after `stopEffect`
   */
  effect(version: VersionRef, rerank: RerankWeights): Promise<RerankEffect | null>;
  stopEffect(): Promise<void>;
}
