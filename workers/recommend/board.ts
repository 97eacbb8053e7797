/** Recommenders held against each other, by what is stored of them. */
import { StudioError } from '../../src/lib/errors.ts';
import { pairedDifference } from '../../src/recommend/ranking/intervals.ts';
import { modelVersionCodec, modelVersionKey } from '../../src/registry/model-version-codec.ts';
import { isRecommender } from '../../src/registry/model-version.ts';
import type { VersionRef } from '../../src/rpc/contracts.ts';
import type { RecommendBoardApi } from '../../src/rpc/recommend-board-contract.ts';
import { getChunk } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { repository } from '../../src/storage/records.ts';

/** One for all, so that the same two versions always compare alike. */
const bootstrapSeed = 1;

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
  };
}

function differenceOf(a: Float32Array, b: Float32Array) {
  if (a.length !== b.length)
    throw new StudioError(
      'bad-config',
      `One version knows ${a.length} people, the other ${b.length}: they are of different data`,
    );
  return pairedDifference(a, b, bootstrapSeed);
}

/** [users] NDCG@10, NaN where nothing was to be found; null of a version without a test part. */
async function perUserOf(db: StudioDb, ref: VersionRef): Promise<Float32Array | null> {
  const version = await repository(db, modelVersionCodec).get(modelVersionKey(ref));
  if (!isRecommender(version))
    throw new StudioError('unsupported', 'This version answers rows; it ranks no items');
  const { perUser } = version.recommender;
  return perUser === null ? null : new Float32Array(await getChunk(db, perUser));
}
