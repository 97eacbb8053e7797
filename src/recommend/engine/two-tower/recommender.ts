/**
 * A fitted two-tower net: a person is the mean of what their items give as history, and what is known of them besides,
 * and meets each item by a product. So it is linear in both, although features went through layers on their way.
 */
import { StudioError } from '../../../lib/errors.ts';
import type { Taste } from '../../interactions.ts';
import { dotRow, exactReasons, similarRows } from '../../linear-scores.ts';
import type { Recommender, SavedRecommender, ScorePart, ScoreReasons } from '../../recommender.ts';
import { SavedReader } from '../../saved.ts';
import { PersonTower } from './person-tower.ts';

export class TwoTower implements Recommender {
  readonly predictsValues = false;
  readonly items: number;
  readonly #width: number;
  readonly #history: Float32Array;
  readonly #offered: Float32Array;
  readonly #people: Float32Array | null;
  readonly #person: PersonTower | null;

  /**
   * @param history [items, width], what an item says of who had it
   * @param offered [items, width], what an item is to who might want it
   * @param people [users, width], what is known of each person beside their events says of them; 0 where nothing is
   * @param person what made those, for others; null of models of before
   */
  constructor(
    history: Float32Array,
    offered: Float32Array,
    width: number,
    people: Float32Array | null = null,
    person: PersonTower | null = null,
  ) {
    this.items = offered.length / width;
    this.#width = width;
    this.#history = history;
    this.#offered = offered;
    this.#people = people;
    this.#person = person;
  }

  get personFields() {
    return this.#person?.fields ?? [];
  }

  /** Logits; all 0 for who has no events and of whom nothing else is known. */
  score(taste: Taste, out: Float32Array) {
    const person = new Float64Array(this.#width);
    for (const item of taste.items)
      this.#rowOf(this.#history, item).forEach(
        (value, k) => (person[k] = (person[k] ?? 0) + value / taste.items.length),
      );
    this.#aboutOf(taste)?.forEach((value, k) => (person[k] = (person[k] ?? 0) + value));
    for (let item = 0; item < this.items; item++) out[item] = dotRow(this.#offered, item, person);
  }

  /** A summand an item of the person's, and one of what is known of them besides. */
  reasons(taste: Taste, item: number): ScoreReasons {
    const offered = Float64Array.from(this.#rowOf(this.#offered, item));
    const parts = Array.from(taste.items, (index): ScorePart => {
      const amount = dotRow(this.#history, index, offered) / taste.items.length;
      return { kind: 'item', index, amount };
    });
    const about = this.#aboutOf(taste);
    if (about) parts.push({ kind: 'person', index: 0, amount: dotRow(about, 0, offered) });
    return exactReasons(parts);
  }

  #aboutOf({ user, facts }: Taste): Float32Array | undefined {
    if (facts) return this.#person?.vectorOf(facts) ?? undefined;
    if (user === undefined || !this.#people || (user + 1) * this.#width > this.#people.length)
      return undefined;
    return this.#rowOf(this.#people, user);
  }

  similar(item: number, count: number) {
    return similarRows(this.#offered, this.#width, item, count);
  }

  vectors() {
    return { values: this.#offered, width: this.#width };
  }

  save(): SavedRecommender {
    const person = this.#person?.save();
    return {
      method: 'two-tower',
      settings: { width: this.#width, ...person?.settings },
      arrays: {
        ...{ history: this.#history, offered: this.#offered },
        ...(this.#people && { people: this.#people }),
        ...person?.arrays,
      },
    };
  }

  /** @throws StudioError `corrupt` */
  static open(saved: SavedRecommender): TwoTower {
    const reader = new SavedReader(saved, 'two-tower');
    const width = reader.number('width');
    const history = reader.array('history', Float32Array);
    const offered = reader.array('offered', Float32Array, history.length);
    if (!(width > 0 && history.length % width === 0))
      throw new StudioError('corrupt', `A saved two-tower net has vectors of ${width} numbers`);
    const people = saved.arrays['people'] ? reader.array('people', Float32Array) : null;
    if (people && people.length % width !== 0)
      throw new StudioError(
        'corrupt',
        `A saved two-tower net has people of ${people.length} numbers`,
      );
    const told = saved.settings['person'];
    const person = told === undefined ? null : PersonTower.open(reader, told, width);
    return new TwoTower(history, offered, width, people, person);
  }

  #rowOf(values: Float32Array, item: number): Float32Array {
    return values.subarray(item * this.#width, (item + 1) * this.#width);
  }
}
