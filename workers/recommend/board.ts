/** Recommenders held against each other, by what is stored of them, and by measuring them in other ways. */
import { StudioError } from '../../src/lib/errors.ts';
import { compareSplits } from '../../src/recommend/ranking/compare-splits.ts';
import { pairedDifference } from '../../src/recommend/ranking/intervals.ts';
import { compareSampling } from '../../src/recommend/ranking/sampled-metrics.ts';
import { modelVersionCodec, modelVersionKey } from '../../src/registry/model-version-codec.ts';
import { isRecommender } from '../../src/registry/model-version.ts';
import type { VersionRef } from '../../src/rpc/contracts.ts';
import type { RecommendBoardApi, SampledFigures } from '../../src/rpc/recommend-board-contract.ts';
import { getChunk } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { repository } from '../../src/storage/records.ts';
import { breathing } from '../breathing.ts';
import { openRecommender, sourceOf } from './open-recommender.ts';
import { eventsOf } from './read-events.ts';

/** One for all, so that the same two versions always compare alike. */
const seed = 1;
/** Sampled figures are of so many people at most: they are to show what sampling does, in seconds. */
const sampledPeople = 2000;
/** Of all events, where the data's own split tests no share. */
const usualTestShare = 0.2;

export function boardApi(opening: Promise<StudioDb>): RecommendBoardApi {
  return {
    async compareToBest(best, others) {
      const db = await opening;
      const ofBest = await perUserOf(db, best);
      return Promise.all(
        others.map(async (other) => {
          const ofOther = await perUserOf(db, other);
          return ofBest && ofOther && differenceOf(ofOther, ofBest);
        }),
      );
    },
    async compareSampling(versions, negatives, onProgress) {
      const db = await opening;
      const breathe = breathing(onProgress);
      const found: SampledFigures[] = [];
      for (const [i, version] of versions.entries()) {
        const { measured, known, seen, test } = await openRecommender(db, version);
        const options = { negatives, seed, mostPeople: sampledPeople, seen };
        const { people, full, sampled } = await compareSampling(
          ...([measured, known, test, options] as const),
          (done) => breathe((i + done) / versions.length),
        );
        found.push({ people, full, sampled });
      }
      return found;
    },
    async compareSplits({ projectId, digest }, onProgress) {
      const source = await sourceOf(await opening, projectId, digest);
      const { interactions, likedFrom } = (await eventsOf(source)).table;
      const { split } = source.dataSet;
      const test =
        ('test' in split && typeof split.test === 'number' && split.test) || usualTestShare;
      return compareSplits(interactions, { test, seed, likedFrom }, breathing(onProgress));
    },
  };
}

function differenceOf(a: Float32Array, b: Float32Array) {
  if (a.length !== b.length)
    throw new StudioError(
      'bad-config',
      `One version knows ${a.length} people, the other ${b.length}: they are of different data`,
    );
  return pairedDifference(a, b, seed);
}

/** [users] NDCG@10, NaN where nothing was to be found; null of a version without a test part. */
async function perUserOf(db: StudioDb, ref: VersionRef): Promise<Float32Array | null> {
  const version = await repository(db, modelVersionCodec).get(modelVersionKey(ref));
  if (!isRecommender(version))
    throw new StudioError('unsupported', 'This version answers rows; it ranks no items');
  const { perUser } = version.recommender;
  return perUser === null ? null : new Float32Array(await getChunk(db, perUser));
}
