/** A stored recommender with the data that it is asked about. */
import { dataSetCodec, dataSetKey } from '../../src/data/data-set-codec.ts';
import { StudioError } from '../../src/lib/errors.ts';
import { AskedRecommender } from '../../src/recommend/asked-recommender.ts';
import { idsBeside, withItems, withMoreItems } from '../../src/recommend/ids-beside.ts';
import { Breaks } from '../../src/recommend/in-parts.ts';
import { learnedParts, learnsValues } from '../../src/recommend/learned-parts.ts';
import { methods } from '../../src/recommend/methods/index.ts';
import { readFeatures } from '../../src/recommend/read-features.ts';
import type { SavedRecommender } from '../../src/recommend/recommender.ts';
import { modelVersionCodec, modelVersionKey } from '../../src/registry/model-version-codec.ts';
import { isRecommender, type RecommenderVersion } from '../../src/registry/model-version.ts';
import { projectCodec } from '../../src/registry/project-codec.ts';
import type { VersionRef } from '../../src/rpc/contracts.ts';
import { getChunk } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { repository } from '../../src/storage/records.ts';
import { yieldToMessages } from '../../src/training/engine/yield.ts';
import { columnSource } from '../column-source.ts';
import { eventsOf } from './read-events.ts';

/**
 * @param onProgress told the share done while the events are read
 * @throws StudioError `unsupported` for a version that is no recommender, `corrupt` for damaged bytes
 */
export async function openRecommender(
  db: StudioDb,
  ref: VersionRef,
  onProgress?: (share: number) => void,
): Promise<AskedRecommender> {
  const version = await repository(db, modelVersionCodec).get(modelVersionKey(ref));
  if (!isRecommender(version))
    throw new StudioError('unsupported', 'This version answers rows; it ranks no items');
  const named = ({ id }: { id: string }) => id === version.recommender.method;
  const method =
    Object.values(methods)
      .filter(({ id }) => id !== 'hybrid')
      .find(named) ??
    // Those that need the training kernels, or may have such members.
    Object.values((await import('../../src/recommend/engine/methods.ts')).allMethods).find(named);
  if (!method)
    throw new StudioError('newer-version', `There is no method "${version.recommender.method}"`);
  const model = method.open(await savedOf(db, version));
  const source = await sourceOf(db, ref.projectId, version.dataSet);
  const events = await eventsOf(source, onProgress);
  const eventItems = events.table.items.length;
  const ids = itemsIn(await getChunk(db, version.recommender.items));
  if (ids?.length !== model.items || !events.table.items.every((id, item) => ids[item] === id))
    throw new StudioError(
      'corrupt',
      `The model knows ${model.items} items, its data ${eventItems}`,
    );
  const table = withItems(events.table, ids.slice(eventItems));
  const split = withMoreItems(await events.split(), model.items);
  const parts = await new Breaks(yieldToMessages).drive(
    learnedParts(version.config, split, table.likedFrom),
  );
  // Titles may have been brought in after the run: the newest that there are.
  const { itemData, userData } = await repository(db, projectCodec).get(ref.projectId);
  const beside = async (digest: string | null | undefined) =>
    digest ? sourceOf(db, ref.projectId, digest) : null;
  const [items, people] = [await beside(itemData), await beside(userData)];
  const newUsers = people ? await idsBeside(people, table.users, 'users') : [];
  return new AskedRecommender(model, {
    ...{ table, parts, newUsers, eventItems },
    items: items && (await readFeatures(items, table.items)),
    people: people && (await readFeatures(people, [...table.users, ...newUsers], 'users')),
    learnsValues: learnsValues(version.config),
  });
}

export async function sourceOf(db: StudioDb, projectId: string, digest: string) {
  return columnSource(
    db,
    await repository(db, dataSetCodec).get(dataSetKey({ projectId, digest })),
  );
}

/** Ids by number; null for what is no list of them. */
function itemsIn(bytes: ArrayBuffer): string[] | null {
  const ids: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return Array.isArray(ids) && ids.every((id) => typeof id === 'string') ? ids : null;
}

const arrays = { float32: Float32Array, float64: Float64Array, uint32: Uint32Array };

async function savedOf(
  db: StudioDb,
  { recommender }: RecommenderVersion,
): Promise<SavedRecommender> {
  const read = recommender.arrays.map(async ({ name, type, length, chunk }) => {
    const values = new arrays[type](await getChunk(db, chunk));
    if (values.length !== length)
      throw new StudioError('corrupt', `"${name}" has ${values.length} values, not ${length}`);
    return [name, values] as const;
  });
  const { method, settings } = recommender;
  return { method, settings, arrays: Object.fromEntries(await Promise.all(read)) };
}
