/** What is known of items beside who liked them. Row i is item i of the interactions. */
export interface ItemFeatures {
  items: number;
  /** Sparse 0/1 columns: categories by a separator. [items + 1], [entries] */
  categories: { names: readonly string[]; starts: Uint32Array; indices: Uint32Array } | null;
  /** Title and text of an item, in one; '' where there is none. */
  texts: readonly string[] | null;
  /** Standardised numbers, [items, names], 0 where missing. */
  numbers: { names: readonly string[]; values: Float32Array } | null;
}
