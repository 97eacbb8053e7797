/**
 * A trained recommender with the data that it is asked about: who people are, what items are called. Pure: what the
 * page asks goes through rpc/recommend-contract.ts.
 */
import { tasteOf, type Interactions, type Taste } from './interactions.ts';
import { firstItems } from './first-items.ts';
import { joinInteractions } from './join-interactions.ts';
import { LastPerson } from './last-person.ts';
import { FactorNames } from './factor-names.ts';
import { ItemTraits } from './item-traits.ts';
import { heartOf, ratingSteps } from './rating-scale.ts';
import { rerank, type RerankWeights } from './rerank.ts';
import type { EventTable } from './read-interactions.ts';
import type { LearnedParts } from './learned-parts.ts';
import type { FeatureTable } from './read-features.ts';
import type { Recommender, Scorer, ScorePart } from './recommender.ts';
import { countByItem } from './transpose.ts';

export interface AskedData {
  /** With the items behind those of events that the model has in its lists all the same. */
  table: EventTable;
  /** How many of the items have events. */
  eventItems: number;
  /** Ids of who stands in the table of people and has no events. */
  newUsers: readonly string[];
  /** As the model learned from them: with their values, or 1 each. */
  parts: LearnedParts;
  items: FeatureTable | null;
  /** Of those with events, then of those without. */
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
  /** Ids: those with events, then those without, who are numbered on. */
  readonly users: readonly string[];
  readonly #data: AskedData;
  readonly #scores: Float32Array;
  readonly #traits: ItemTraits;
  readonly #tellsNothing = new LastPerson((taste) => {
    this.model.score(taste, this.#scores);
    return isFlat(this.#scores);
  });
  #valueRange: [number, number] | null | undefined;
  /** Null where the model has no vectors. */
  #factors: FactorNames | null | undefined;
  /** Lower-case titles, ids and categories, by item, to search in. */
  #words: string[] | undefined;

  constructor(model: Recommender, data: AskedData) {
    this.model = model;
    this.#data = data;
    this.known = joinInteractions(data.parts.train, data.parts.validation);
    this.people = countByItem(this.known);
    this.users = [...data.table.users, ...data.newUsers];
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

  /** Whether an event is of the item; else only the table of items knows it. */
  hasEvents(item: number): boolean {
    return item < this.#data.eventItems;
  }

  /** Items that only the table of items knows. */
  get newItems(): number {
    return this.model.items - this.#data.eventItems;
  }

  /** The model as it is measured: of items that events are of. */
  get measured(): Scorer {
    return firstItems(this.model, this.#data.eventItems);
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

  /** Least and greatest value in the data; null where events have none. */
  get valueRange(): [number, number] | null {
    if (this.#valueRange === undefined) this.#valueRange = rangeOf(this.table);
    return this.#valueRange;
  }

  /** What a heart of a new person counts; null where they give stars. */
  get heart(): number | null {
    return heartOf(ratingSteps(this.valueRange, this.learnsValues, this.table.likedFrom));
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

  /** Of who has no events, what the table of people says. */
  tasteOf(user: number): Taste {
    if (user < this.table.users.length) return tasteOf(this.known, user);
    const nothing = { items: new Uint32Array(0), values: new Float32Array(0), times: null };
    return { ...nothing, facts: this.#data.people?.cellsOf(user) ?? {} };
  }

  /** What somebody of the data had: no list shows it. */
  seenBy(user: number): Uint32Array {
    return tasteOf(this.seen, user).items;
  }

  heldOut(user: number): ReadonlySet<number> {
    return new Set(tasteOf(this.#data.parts.test, user).items);
  }

  /**
   * The model's own scores of all items; the array is overwritten by the next call. Where it has nothing to go by, how
   * many people had each.
   */
  scores(taste: Taste): Float32Array {
    this.model.score(taste, this.#scores);
    if (taste.items.length === 0 && isFlat(this.#scores)) this.#scores.set(this.people);
    return this.#scores;
  }

  /** Whether the model tells nothing apart for this person, so that lists are of what most people had. */
  goesByPopularity(taste: Taste): boolean {
    return taste.items.length === 0 && this.#tellsNothing.of(taste);
  }

  /**
   * The best items that the person hasn't had, ties to the lower item; in another order where weights say so.
   * @param seen ascending; where that is more than the taste is of
   * @param withNew whether items without events may be among them
   */
  top(
    taste: Taste,
    count: number,
    weights: RerankWeights,
    seen = taste.items,
    withNew = true,
  ): ScoredItem[] {
    const scores = this.scores(taste);
    const leftOut = withNew ? seen : this.#andNew(seen);
    const found = rerank({ scores, seen: leftOut, count, weights, traits: this.#traits });
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

  /** Ascending, as new items come behind all others. */
  #andNew(seen: Uint32Array): Uint32Array {
    const { eventItems } = this.#data;
    const known = seen.filter((item) => item < eventItems);
    return Uint32Array.from({ length: known.length + this.newItems }, (_, i) =>
      i < known.length ? (known[i] ?? 0) : eventItems + i - known.length,
    );
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
    const withEvents = this.table.users.length;
    const events = (user: number) =>
      user < withEvents ? (starts[user + 1] ?? 0) - (starts[user] ?? 0) : 0;
    return Array.from(this.users.keys())
      .filter((user) => this.users[user]?.startsWith(text))
      .sort((a, b) => events(b) - events(a) || a - b)
      .slice(0, count);
  }
}

function isFlat(scores: Float32Array): boolean {
  return scores.every((score) => score === scores[0]);
}

function rangeOf({ hasValues, interactions }: EventTable): [number, number] | null {
  if (!hasValues) return null;
  let least = Infinity;
  let most = -Infinity;
  for (const value of interactions.values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}
