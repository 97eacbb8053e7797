/** What the new person told, one rating after the other, with the way back. Items by the ids of the data. */

export interface ToldRating {
  item: string;
  value: number;
}

export class ToldRatings {
  #ratings = $state.raw<readonly ToldRating[]>([]);
  #past = $state.raw<readonly (readonly ToldRating[])[]>([]);
  readonly #keep: (ratings: readonly ToldRating[]) => void;

  /** @param keep told of every change */
  constructor(ratings: readonly ToldRating[], keep: (ratings: readonly ToldRating[]) => void) {
    this.#ratings = ratings;
    this.#keep = keep;
  }

  /** Latest last. */
  get all() {
    return this.#ratings;
  }
  get canUndo() {
    return this.#past.length > 0;
  }

  /** Rates an item, or rates it anew in its place. */
  rate(item: string, value: number) {
    const known = this.#ratings.find((rating) => rating.item === item);
    if (known?.value === value) return;
    this.#set(
      known
        ? this.#ratings.map((rating) => (rating === known ? { item, value } : rating))
        : [...this.#ratings, { item, value }],
    );
  }

  remove(item: string) {
    this.#set(this.#ratings.filter((rating) => rating.item !== item));
  }

  /** Can be undone like everything else. */
  clear() {
    this.#set([]);
  }

  undo() {
    const before = this.#past.at(-1);
    if (!before) return;
    this.#past = this.#past.slice(0, -1);
    this.#ratings = before;
    this.#keep(before);
  }

  #set(ratings: readonly ToldRating[]) {
    if (ratings.length === 0 && this.#ratings.length === 0) return;
    this.#past = [...this.#past, this.#ratings];
    this.#ratings = ratings;
    this.#keep(ratings);
  }
}
