/** The preview of recommendations: who they are for, by which versions, in which order. Components show, this decides. */
import type { Facts } from '../../../recommend/item-features.ts';
import type { KnownItem, PersonSummary, Recommendation } from '../../../rpc/recommend-contract.ts';
import type { PersonById } from '../../../rpc/recommend-preview-contract.ts';
import { modelOrder, type RecommendSession } from '../../../state/recommend-session.svelte.ts';
import { Latest } from './latest.svelte.ts';
import type { ToldRatings } from './told-ratings.svelte.ts';

/** A person of the data by their id, or the new one. */
export type Who = { type: 'known'; id: string } | { type: 'new' };

const listLength = 10;
/** Of what somebody had, until all is asked for. */
const historyLength = 200;

export class Preview {
  readonly told: ToldRatings;
  readonly #recommenders: RecommendSession;
  #who = $state.raw<Who | null>(null);
  #rerank = $state.raw(modelOrder);
  #withNewItems = $state(true);
  #facts = $state.raw<Facts>({});
  readonly #keepFacts: (facts: Facts) => void;

  /**
   * @param facts what the new person said of themselves
   * @param keepFacts told of every change
   */
  constructor(
    recommenders: RecommendSession,
    told: ToldRatings,
    facts: Facts,
    keepFacts: (facts: Facts) => void,
  ) {
    this.#recommenders = recommenders;
    this.told = told;
    this.#facts = facts;
    this.#keepFacts = keepFacts;
    if (told.all.length > 0 || Object.keys(facts).length > 0) this.#who = { type: 'new' };
  }

  /** Null until somebody is chosen. */
  get who() {
    return this.#who;
  }
  get rerank() {
    return this.#rerank;
  }
  get isReranked() {
    const { diversity, popularity, freshness } = this.#rerank;
    return diversity !== 0 || popularity !== 0 || freshness !== 0;
  }

  /** Whether items without events may be in lists. */
  get withNewItems() {
    return this.#withNewItems;
  }
  set withNewItems(are: boolean) {
    this.#withNewItems = are;
  }
  /** What the new person said of themselves, by column of the table of people. */
  get facts() {
    return this.#facts;
  }
  /** Whether no event is known of who is chosen. */
  get isWithoutEvents() {
    if (this.#who?.type === 'new') return this.told.all.length === 0;
    return this.history.answer?.items.length === 0;
  }

  /** @param value null takes it back */
  setFact(name: string, value: string | number | null) {
    const others = Object.entries(this.#facts).filter(([other]) => other !== name);
    this.#facts = { ...Object.fromEntries(others), ...(value !== null && { [name]: value }) };
    this.#keepFacts(this.#facts);
  }

  choose(who: Who) {
    this.#who = who;
  }

  setRerank(changes: Partial<typeof modelOrder>) {
    this.#rerank = { ...this.#rerank, ...changes };
  }

  resetRerank() {
    this.#rerank = modelOrder;
  }

  /** The first look: the most active person, unless somebody was chosen meanwhile. */
  async chooseMostActive(version: string): Promise<void> {
    const [first] = await this.#recommenders.searchPeople(version, '', 1);
    this.#who ??= first ? { type: 'known', id: first.id } : { type: 'new' };
  }

  readonly history = new Latest<
    (Pick<PersonSummary, 'events' | 'facts'> & { items: KnownItem[] }) | null
  >();

  /**
   * What a version knows of a person, the latest first; null of one that its data has not.
   * @param isWhole all of it, not just the latest
   */
  askHistory(version: string, id: string, isWhole: boolean): Promise<void> {
    return this.history.ask(async () => {
      const person = await this.#recommenders.personOf(version, id);
      if (!person) return null;
      const { user, events, facts } = person;
      const count = isWhole ? events : Math.min(events, historyLength);
      return { items: await this.#recommenders.history(version, { user }, count), events, facts };
    });
  }

  /**
   * Asks a version for its list, by all that counts now.
   * @param list where the answer goes; null in it: the version's data has no such person
   */
  askList(list: Latest<Recommendation[] | null>, version: string): Promise<void> {
    const person = this.#person;
    const options = {
      ...{ count: listLength, rerank: this.#rerank },
      withNewItems: this.#withNewItems,
    };
    if (!person) return Promise.resolve();
    return list.ask(() => this.#recommenders.listFor(version, person, options));
  }

  /** Numbers of the items that the person had or rated, as a version has them. As `askList`. */
  askHad(had: Latest<number[] | null>, version: string): Promise<void> {
    const person = this.#person;
    if (!person) return Promise.resolve();
    return had.ask(() => this.#recommenders.hadBy(version, person, historyLength));
  }

  get #person(): PersonById | null {
    if (this.#who?.type !== 'new') return this.#who;
    const facts = this.#facts;
    return {
      ...{ type: 'new', ratings: this.told.all },
      ...(Object.keys(facts).length > 0 && { facts }),
    };
  }
}
