/** Whom a question is about, as models take people. */
import { StudioError } from '../../src/lib/errors.ts';
import type { AskedRecommender } from '../../src/recommend/asked-recommender.ts';
import type { Taste } from '../../src/recommend/interactions.ts';
import type { KnownItem, Person } from '../../src/rpc/recommend-contract.ts';
import { itemSummary } from './summaries.ts';

/** @throws StudioError `not-found` for a person or an item that the model's data has not, `bad-config` for a value */
export function mustKnow(asked: AskedRecommender, person: Person) {
  if ('user' in person) {
    mustBeIn('user', person.user, asked.users);
    return;
  }
  for (const { item, value } of person.ratings) {
    mustKnowItem(asked, item);
    if (!Number.isFinite(value))
      throw new StudioError('bad-config', `item ${item}: the value ${value} is no finite number`);
  }
}

/** @throws StudioError `not-found` */
export function mustKnowItem({ table }: AskedRecommender, item: number) {
  mustBeIn('item', item, table.items);
}

function mustBeIn(what: 'user' | 'item', number: number, ids: readonly string[]) {
  if (ids[number] !== undefined) return;
  throw new StudioError(
    'not-found',
    `There is no ${what} number ${number}: this model knows ${ids.length}, from 0. Search for it, or train on data that has it`,
  );
}

/** A new person's ratings in the order that models take: what they don't like is nothing to a model of likes. */
export function tasteOf(asked: AskedRecommender, person: Person): Taste {
  if ('user' in person) return asked.tasteOf(person.user);
  // In the order in which they were given, for models of sequences.
  const ratings = person.ratings
    .map((rating, time) => ({ ...rating, time }))
    .filter(({ value }) => asked.learnsValues || asked.isLiked(value))
    .sort((a, b) => a.item - b.item);
  return {
    items: Uint32Array.from(ratings, ({ item }) => item),
    values: Float32Array.from(ratings, ({ value }) => (asked.learnsValues ? value : 1)),
    times: Float64Array.from(ratings, ({ time }) => time),
    ...(person.facts && { facts: person.facts }),
  };
}

/** What no list shows to them, ascending. */
export function seenBy(asked: AskedRecommender, person: Person): Uint32Array {
  return 'user' in person
    ? asked.seenBy(person.user)
    : Uint32Array.from(person.ratings, ({ item }) => item).sort();
}

/**
 * What the model knows of them, the latest first.
 * @throws StudioError as `mustKnow`
 */
export function historyOf(asked: AskedRecommender, person: Person, count: number): KnownItem[] {
  mustKnow(asked, person);
  const { items, values, times } = tasteOf(asked, person);
  return Array.from(items, (item, i): KnownItem => {
    const time = times?.[i] ?? Number.NaN;
    return {
      ...itemSummary(asked, item),
      value: values[i] ?? 1,
      time: Number.isNaN(time) ? null : time,
    };
  })
    .sort((a, b) => (b.time ?? 0) - (a.time ?? 0) || b.people - a.people)
    .slice(0, count);
}
