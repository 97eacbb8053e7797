/** The preview of recommendations: who they are for, by which versions, in which order. Components show, this decides. */
import type {
  KnownItem,
  Person,
  PersonSummary,
  Recommendation,
} from '../../../rpc/recommend-contract.ts';
import { modelOrder, type RecommendSession } from '../../../state/recommend-session.svelte.ts';
import { Latest } from './latest.svelte.ts';
import { ratingSteps } from './scale.ts';
import type { ToldRating, ToldRatings } from './told-ratings.svelte.ts';

/** A person of the data by their id, or the new one. */
export type Who = { type: 'known'; id: string } | { type: 'new' };

/** Numbers of items in a version. */
export interface MarkedItems {
  recommended: number[];
  had: number[];
}

const listLength = 10;
const historyLength = 200;

export class Preview {
  readonly told: ToldRatings;
  readonly #recommenders: RecommendSession;
  #who = $state.raw<Who | null>(null);
  #rerank = $state.raw(modelOrder);

  constructor(recommenders: RecommendSession, told: ToldRatings) {
    this.#recommenders = recommenders;
    this.told = told;
    if (told.all.length > 0) this.#who = { type: 'new' };
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

  readonly history = new Latest<{ items: KnownItem[]; facts: PersonSummary['facts'] } | null>();

  /** What a version knows of a person; null of one that its data has not. */
  askHistory(version: string, id: string): Promise<void> {
    return this.history.ask(async () => {
      const person = await this.#recommenders.personOf(version, id);
      if (!person) return null;
      const { user, facts } = person;
      return { items: await this.#recommenders.history(version, { user }, historyLength), facts };
    });
  }

  /**
   * Asks a version for its list, by all that counts now.
   * @param list where the answer goes; null in it: the version's data has no such person
   */
  askList(list: Latest<Recommendation[] | null>, version: string): Promise<void> {
    const [who, told, rerank] = [this.#who, this.told.all, this.#rerank];
    if (!who) return Promise.resolve();
    return list.ask(async () => {
      const person = await this.#personIn(version, who, told);
      return person && this.#recommenders.recommend(version, person, { count: listLength, rerank });
    });
  }

  /** Which items a map is to mark: what a version lists, and what the person had or rated. As `askList`. */
  askMarks(marks: Latest<MarkedItems | null>, version: string): Promise<void> {
    const [who, told, rerank] = [this.#who, this.told.all, this.#rerank];
    if (!who) return Promise.resolve();
    return marks.ask(async () => {
      const person = await this.#personIn(version, who, told);
      if (!person) return null;
      const [listed, had] = await Promise.all([
        this.#recommenders.recommend(version, person, { count: listLength, rerank }),
        this.#recommenders.history(version, person, historyLength),
      ]);
      return { recommended: listed.map(({ item }) => item), had: had.map(({ item }) => item) };
    });
  }

  async #personIn(version: string, who: Who, told: readonly ToldRating[]): Promise<Person | null> {
    if (who.type === 'known') {
      const found = await this.#recommenders.personOf(version, who.id);
      return found && { user: found.user };
    }
    const ids = told.map(({ item }) => item);
    const [items, heart] = await Promise.all([
      this.#recommenders.itemsOf(version, ids),
      this.#heartOf(version),
    ]);
    // Another version of the data may lack an item.
    return {
      ratings: told.flatMap(({ value }, at) => {
        const item = items[at]?.item;
        return item === undefined ? [] : [{ item, value: heart ?? value }];
      }),
    };
  }

  /**
   * The value of a heart where a version takes hearts only, null where it takes ratings: what was told when less was
   * enough to be liked, or to another version, is shown as a heart all the same, and must count as one.
   */
  async #heartOf(version: string): Promise<number | null> {
    const { values, learnsValues, likedFrom } = await this.#recommenders.open(version);
    const steps = ratingSteps(values, learnsValues, likedFrom);
    return steps.length === 1 ? (steps[0] ?? null) : null;
  }
}
