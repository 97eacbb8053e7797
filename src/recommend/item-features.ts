/** Rows of numbers that lie near each other where what they stand for is alike. */
export interface Embeddings {
  values: Float32Array;
  width: number;
}

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
}
