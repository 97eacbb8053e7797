/**
 * A trained recommender with the data that it is asked about: who people are, what items are called. Pure: what the
 * page asks goes through rpc/recommend-contract.ts.
 */
import { tasteOf, type Interactions, type Taste } from './interactions.ts';
import { joinInteractions } from './join-interactions.ts';
import { FactorNames } from './factor-names.ts';
import { ItemTraits } from './item-traits.ts';
import { rerank, type RerankWeights } from './rerank.ts';
import type { EventTable } from './read-interactions.ts';
import type { LearnedParts } from './learned-parts.ts';
import type { FeatureTable } from './read-features.ts';
import type { Recommender, ScorePart } from './recommender.ts';
import { countByItem } from './transpose.ts';

export interface AskedData {
  table: EventTable;
  /** As the model learned from them: with their values, or 1 each. */
  parts: LearnedParts;
  items: FeatureTable | null;
  people: FeatureTable | null;
  learnsValues: boolean;
}

export interface ScoredItem {
  item: number;
  score: number;
}

export class AskedRecommender {
  readonly model: Recommender;
  /** All that is known of people by the time of the test: what trained and what validated. */
  readonly known: Interactions;
  readonly people: Uint32Array;
  readonly #data: AskedData;
  readonly #scores: Float32Array;
  readonly #traits: ItemTraits;
  /** Null where the model has no vectors. */
  #factors: FactorNames | null | undefined;
  /** Lower-case titles, ids and categories, by item, to search in. */
  #words: string[] | undefined;

  constructor(model: Recommender, data: AskedData) {
    this.model = model;
    this.#data = data;
    this.known = joinInteractions(data.parts.train, data.parts.validation);
    this.people = countByItem(this.known);
    this.#scores = new Float32Array(model.items);
    this.#traits = new ItemTraits(this.known);
  }

  /** All that people had by then, liked or not: what lists leave out. */
  get seen(): Interactions {
    return this.#data.parts.seen ?? this.known;
  }

  /** What was held out of training to test on, as far as it is liked. */
  get test(): Interactions {
    return this.#data.parts.test;
  }

  get table() {
    return this.#data.table;
  }

  /** Whether items have names beside their ids. */
  get hasTitles() {
    return this.#data.items !== null;
  }

  /** Whether the model learned from values, not only from that something happened. */
  get learnsValues() {
    return this.#data.learnsValues;
  }

  /** What the table of people says of somebody; nothing where there is none. */
  factsOf(user: number) {
    return this.#data.people?.factsOf(user) ?? [];
  }

  /** Whether an event of this value says that somebody likes an item. */
  isLiked(value: number) {
    const { likedFrom } = this.table;
    return likedFrom === null || value >= likedFrom;
  }

  get categories(): readonly string[] {
    return this.#data.items?.features.categories?.names ?? [];
  }

  titleOf(item: number): string {
    return this.#data.items?.titles[item] ?? this.table.items[item] ?? String(item);
  }

  categoriesOf(item: number): string[] {
    const categories = this.#data.items?.features.categories;
    if (!categories) return [];
    const of = categories.indices.subarray(categories.starts[item], categories.starts[item + 1]);
    return Array.from(of, (category) => categories.names[category] ?? '');
  }

  tasteOf(user: number): Taste {
    return tasteOf(this.known, user);
  }

  /** What somebody of the data had: no list shows it. */
  seenBy(user: number): Uint32Array {
    return tasteOf(this.seen, user).items;
  }

  heldOut(user: number): ReadonlySet<number> {
    return new Set(tasteOf(this.#data.parts.test, user).items);
  }

  /** The model's own scores of all items; the array is overwritten by the next call. */
  scores(taste: Taste): Float32Array {
    this.model.score(taste, this.#scores);
    return this.#scores;
  }

  /**
   * The best items that the person hasn't had, ties to the lower item; in another order where weights say so.
   * @param seen ascending; where that is more than the taste is of
   */
  top(taste: Taste, count: number, weights: RerankWeights, seen = taste.items): ScoredItem[] {
    const scores = this.scores(taste);
    const found = rerank({ scores, seen, count, weights, traits: this.#traits });
    return Array.from(found, (item) => ({ item, score: scores[item] ?? 0 }));
  }

  /** What a part of a score is called. */
  nameOf({ kind, index }: ScorePart): string {
    switch (kind) {
      case 'item':
        return this.titleOf(index);
      case 'user':
        return this.table.users[index] ?? String(index);
      case 'feature':
      case 'member':
        return this.model.nameOf?.(kind, index) ?? String(index + 1);
      default:
        return String(index + 1);
    }
  }

  /** What factors are about; null of a model without vectors. */
  get factors(): FactorNames | null {
    if (this.#factors === undefined) {
      const vectors = this.model.vectors();
      const categories = this.#data.items?.features.categories ?? null;
      this.#factors = vectors && new FactorNames(vectors, categories);
    }
    return this.#factors;
  }

  /** Items whose title, id or category holds all words of the text, the best known first. */
  searchItems(text: string, count: number): number[] {
    this.#words ??= this.table.items.map((id, item) =>
      [this.titleOf(item), id, ...this.categoriesOf(item)].join(' ').toLowerCase(),
    );
    const wanted = text.toLowerCase().split(/\s+/u).filter(Boolean);
    const words = this.#words;
    return Array.from(words.keys())
      .filter((item) => wanted.every((word) => words[item]?.includes(word)))
      .sort((a, b) => (this.people[b] ?? 0) - (this.people[a] ?? 0) || a - b)
      .slice(0, count);
  }

  /** People whose id begins with the text, the most active first. */
  searchPeople(text: string, count: number): number[] {
    const { starts } = this.known;
    const events = (user: number) => (starts[user + 1] ?? 0) - (starts[user] ?? 0);
    return Array.from(this.table.users.keys())
      .filter((user) => this.table.users[user]?.startsWith(text))
      .sort((a, b) => events(b) - events(a) || a - b)
      .slice(0, count);
  }
}
