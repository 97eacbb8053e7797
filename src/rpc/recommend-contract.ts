/** What workers/recommend.worker.ts serves: a trained recommender, asked by the page. Plain data. */
import type { Facts, FeatureField } from '../recommend/item-features.ts';
import type { VersionRef } from './contracts.ts';
import type { RecommendBoardApi } from './recommend-board-contract.ts';

export interface ItemSummary {
  /** Number of the item in the model. */
  item: number;
  /** As the data has it. */
  id: string;
  /** The id where nothing more is known. */
  title: string;
  categories: string[];
  /** How many people had it, of those that the model learned from. */
  people: number;
  /** Whether events are of it; else only the table of items knows it. */
  hasEvents: boolean;
}

/** Somebody of the data, or a new person with what they told: ratings, and perhaps facts for a model that asks them. */
export type Person =
  { user: number } | { ratings: readonly { item: number; value: number }[]; facts?: Facts };

export interface PersonSummary {
  /** Who has no events at all is numbered behind those who have. */
  user: number;
  id: string;
  /** Events that the model knows of. */
  events: number;
  /** What the table of people says, by column. */
  facts: { name: string; value: string }[];
}

/** 0 is the model's own order. */
export interface RerankWeights {
  /** 0 to 1: how much unlike one another the items are to be (MMR). */
  diversity: number;
  /** −1 to 1: more known, or less known items. */
  popularity: number;
  /** 0 to 1: newer items. */
  freshness: number;
}

export interface ListOptions {
  rerank: RerankWeights;
  /** Whether items without events may be in lists, of a model that knows some. Absent: they may. */
  withNewItems?: boolean;
}

/** One end of a factor: what it is about. */
export interface FactorEnd {
  /** Of the most typical items, at most three. */
  titles: string[];
  /** That these items have far more often than others; null where there is none. */
  category: string | null;
}

/** One summand of a score, in words that a person knows. */
export interface Reason {
  /**
   * `item-bias`, `user-bias`: what is so of the item for everybody, of the person for every item. `person`: what is
   * known of them beside their events.
   */
  kind:
    | 'item'
    | 'user'
    | 'person'
    | 'factor'
    | 'feature'
    | 'text'
    | 'member'
    | 'bias'
    | 'item-bias'
    | 'user-bias';
  /** Title of an item, id of a user, name of a category …; the number of a factor; of no use for a `text`. */
  name: string;
  amount: number;
  /** Of a factor: the end on which the item lies, without the item itself, and the other. */
  factor?: { near: FactorEnd; far: FactorEnd };
}

export interface Recommendation extends ItemSummary {
  score: number;
  /** Largest first; at most eight. */
  reasons: Reason[];
  /** What is not among `reasons`, summed up; null where the parts don't sum to the score. */
  rest: number | null;
  /** Whether the person had it in the test part: what was held out of training. */
  isHeldOut: boolean;
}

export interface KnownItem extends ItemSummary {
  value: number;
  /** ms since 1970 UTC; null where unknown. */
  time: number | null;
}

/** What a model is, for the screen that asks it. */
export interface RecommenderSummary {
  users: number;
  items: number;
  /** Whether scores are in the units of the values. */
  predictsValues: boolean;
  /** Whether it heeds how high a rating is, not only that there is one. */
  learnsValues: boolean;
  /** Least and greatest value in the data; null where events have none. */
  values: [number, number] | null;
  /** The least value of what is liked; null: every event is. */
  likedFrom: number | null;
  hasTitles: boolean;
  hasTimes: boolean;
  categories: string[];
  /** Of `items`, those that no event is of. */
  newItems: number;
  /** What it heeds of people beside their events, by column; empty: nothing. */
  personFields: FeatureField[];
}

export interface RecommendApi extends RecommendBoardApi {
  open(version: VersionRef, onProgress?: (share: number) => void): Promise<RecommenderSummary>;
  /** Items whose title, id or category holds the text; the best known first. */
  searchItems(version: VersionRef, text: string, count: number): Promise<ItemSummary[]>;
  /** People whose id begins with the text; the most active first. */
  searchPeople(version: VersionRef, text: string, count: number): Promise<PersonSummary[]>;
  /**
   * What the model knows of a person, the latest first.
   * @throws StudioError `not-found` for a number that no person or item has; so do the next two
   */
  history(version: VersionRef, person: Person, count: number): Promise<KnownItem[]>;
  recommend(
    version: VersionRef,
    person: Person,
    options: { count: number } & ListOptions,
  ): Promise<Recommendation[]>;
  /** By the model's own measure; null where it has none. */
  similar(
    version: VersionRef,
    item: number,
    count: number,
  ): Promise<(ItemSummary & { similarity: number })[] | null>;
  /**
   * The first `count` items for everybody, as CSV or JSON lines.
   * @throws StudioError `cancelled` after `stopLists`
   */
  exportLists(
    version: VersionRef,
    options: { count: number; format: 'csv' | 'json' } & ListOptions,
    onProgress: (share: number) => void,
  ): Promise<Blob>;
  stopLists(): Promise<void>;
}
