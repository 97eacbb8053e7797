/** Answers what the page asks of a recommender; the last few that were asked stay open. */
import { expose } from 'comlink';
import type { AskedRecommender } from '../src/recommend/asked-recommender.ts';
import type { Taste } from '../src/recommend/interactions.ts';
import { StudioError } from '../src/lib/errors.ts';
import { modelVersionKey } from '../src/registry/model-version-codec.ts';
import type { VersionRef } from '../src/rpc/contracts.ts';
import type {
  KnownItem,
  Person,
  Recommendation,
  RecommendApi,
} from '../src/rpc/recommend-contract.ts';
import type { RecommendPreviewApi } from '../src/rpc/recommend-preview-contract.ts';
import { openStudioDb } from '../src/storage/db.ts';
import { boardApi } from './recommend/board.ts';
import { exportLists } from './recommend/export-lists.ts';
import { itemSummary, personSummary } from './recommend/summaries.ts';
import { openRecommender } from './recommend/open-recommender.ts';
import { reasonsOf } from './recommend/reasons-of.ts';
import { previewCalls } from './recommend/preview-calls.ts';

const db = openStudioDb();
db.catch(() => undefined); // thrown where it is awaited

const warm = new Map<string, Promise<AskedRecommender>>();
const mostWarm = 3;

function open(ref: VersionRef): Promise<AskedRecommender> {
  const key = modelVersionKey(ref);
  const opened = warm.get(key) ?? db.then((studio) => openRecommender(studio, ref));
  warm.delete(key);
  warm.set(key, opened);
  opened.catch(() => warm.delete(key));
  const [oldest] = warm.keys();
  if (warm.size > mostWarm && oldest !== undefined) warm.delete(oldest);
  return opened;
}

const api = {
  ...previewCalls(open),
  async open(ref) {
    const asked = await open(ref);
    const { model, table, categories } = asked;
    const { values, times } = table.interactions;
    return {
      users: table.users.length,
      items: model.items,
      predictsValues: model.predictsValues,
      learnsValues: asked.learnsValues,
      values: table.hasValues ? rangeOf(values) : null,
      likedFrom: table.likedFrom,
      hasTitles: asked.hasTitles,
      hasTimes: times !== null,
      categories: [...categories],
      newItems: asked.newItems,
      personFields: [...(model.personFields ?? [])],
    };
  },
  async searchItems(ref, text, count) {
    const asked = await open(ref);
    return asked.searchItems(text, count).map((item) => itemSummary(asked, item));
  },
  async searchPeople(ref, text, count) {
    const asked = await open(ref);
    return asked.searchPeople(text, count).map((user) => personSummary(asked, user));
  },
  async history(ref, person, count) {
    const asked = await open(ref);
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
  },
  async recommend(ref, person, { count, rerank, withNewItems }) {
    const asked = await open(ref);
    mustKnow(asked, person);
    const taste = tasteOf(asked, person);
    const heldOut = 'user' in person ? asked.heldOut(person.user) : null;
    const seen =
      'user' in person
        ? asked.seenBy(person.user)
        : Uint32Array.from(person.ratings, ({ item }) => item).sort();
    return asked
      .top(taste, count, rerank, seen, withNewItems)
      .map(({ item, score }): Recommendation => ({
        ...itemSummary(asked, item),
        score,
        ...reasonsOf(asked, taste, item),
        isHeldOut: heldOut?.has(item) ?? false,
      }));
  },
  async similar(ref, item, count) {
    const asked = await open(ref);
    const found = asked.model.similar(item, count);
    return (
      found?.map(({ item: other, similarity }) => ({ ...itemSummary(asked, other), similarity })) ??
      null
    );
  },
  exportLists: async (ref, options, onProgress) =>
    exportLists(await open(ref), options, onProgress),
  ...boardApi(db),
} satisfies RecommendApi & RecommendPreviewApi;

expose(api);

/** @throws StudioError `not-found` for a person or an item that the model's data has not, `bad-config` for a value */
function mustKnow({ table, users }: AskedRecommender, person: Person) {
  const check = (what: string, number: number, ids: readonly string[]) => {
    if (ids[number] !== undefined) return;
    throw new StudioError(
      'not-found',
      `There is no ${what} number ${number}: this model knows ${ids.length}, from 0. Search for it, or train on data that has it`,
    );
  };
  if ('user' in person) {
    check('user', person.user, users);
    return;
  }
  for (const { item, value } of person.ratings) {
    check('item', item, table.items);
    if (!Number.isFinite(value))
      throw new StudioError('bad-config', `item ${item}: the value ${value} is no finite number`);
  }
}

/** A new person's ratings in the order that models take: what they don't like is nothing to a model of likes. */
function tasteOf(asked: AskedRecommender, person: Person): Taste {
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

function rangeOf(values: Float32Array): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}
