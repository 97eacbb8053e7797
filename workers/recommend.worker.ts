/** Answers what the page asks of a recommender; the last few that were asked stay open. */
import { expose } from 'comlink';
import type { AskedRecommender } from '../src/recommend/asked-recommender.ts';
import { modelVersionKey } from '../src/registry/model-version-codec.ts';
import type { VersionRef } from '../src/rpc/contracts.ts';
import type { RecommendApi } from '../src/rpc/recommend-contract.ts';
import type { RecommendPreviewApi } from '../src/rpc/recommend-preview-contract.ts';
import { openStudioDb } from '../src/storage/db.ts';
import { historyOf, mustKnowItem } from './recommend/asked-person.ts';
import { boardApi } from './recommend/board.ts';
import { listCalls } from './recommend/export-lists.ts';
import { itemSummary, personSummary } from './recommend/summaries.ts';
import { listFor } from './recommend/list-for.ts';
import { openRecommender } from './recommend/open-recommender.ts';
import { Kept } from './kept.ts';
import { previewCalls } from './recommend/preview-calls.ts';

const db = openStudioDb();
db.catch(() => undefined); // thrown where it is awaited

const warm = new Kept<AskedRecommender>(3);

/** @param onProgress told the share done, where it isn't open or being opened */
function open(ref: VersionRef, onProgress?: (share: number) => void): Promise<AskedRecommender> {
  return warm.get(modelVersionKey(ref), async () => openRecommender(await db, ref, onProgress));
}

const api = {
  ...previewCalls(open),
  async open(ref, onProgress) {
    const asked = await open(ref, onProgress);
    const { model, table, categories } = asked;
    const { times } = table.interactions;
    return {
      users: table.users.length,
      items: model.items,
      predictsValues: model.predictsValues,
      learnsValues: asked.learnsValues,
      values: asked.valueRange,
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
  history: async (ref, person, count) => historyOf(await open(ref), person, count),
  recommend: async (ref, person, options) => listFor(await open(ref), person, options),
  async similar(ref, item, count) {
    const asked = await open(ref);
    mustKnowItem(asked, item);
    const found = asked.model.similar(item, count);
    return (
      found?.map(({ item: other, similarity }) => ({ ...itemSummary(asked, other), similarity })) ??
      null
    );
  },
  ...listCalls(open),
  ...boardApi(db),
} satisfies RecommendApi & RecommendPreviewApi;

expose(api);
