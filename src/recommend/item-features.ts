/** Rows of numbers that lie near each other where what they stand for is alike. */
export interface Embeddings {
  values: Float32Array;
  width: number;
}

/** How a column was read, so that a row that came later can be read alike (read-facts.ts). */
export type FeatureField =
  /** `isDate`: in ms since 1970 UTC. */
  | { type: 'number'; name: string; mean: number; deviation: number; isDate?: boolean }
  /** `separator` of a column of lists; null where a cell is one thing. */
  | { type: 'categories'; name: string; separator: string | null; values: string[] }
  | { type: 'text'; name: string };

/** Cells of one row, by column. Those that are missing aren't there. */
export type Facts = Readonly<Record<string, string | number>>;

/** What is known of items beside who liked them. Row i is item i of the interactions. */
export interface ItemFeatures {
  items: number;
  /** Sparse 0/1 columns: categories by a separator. [items + 1], [entries] */
  categories: { names: readonly string[]; starts: Uint32Array; indices: Uint32Array } | null;
  /** Title and text of an item, in one; '' where there is none. */
  texts: readonly string[] | null;
  /** What the texts mean, in place of their words: [items, width], rows of length 1, or 0 where there is no text. */
  embeddings?: Embeddings | null;
  /** Standardised numbers, [items, names], 0 where missing. */
  numbers: { names: readonly string[]; values: Float32Array } | null;
  /** By column; absent where they came from no table. */
  fields?: readonly FeatureField[];
}
