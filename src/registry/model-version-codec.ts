/** A model version's record: its guard, its key, the digest that is its id, and its number. */
import * as v from 'valibot';
import { digestOf } from '../lib/digest.ts';
import { rebasedId } from '../lib/rebased-id.ts';
import { modelVersionSchema } from './model-version-schema.ts';
import {
  isRecommender,
  type ModelVersion,
  type NetworkVersion,
  type RecommenderVersion,
} from './model-version.ts';

export const modelVersionCodec = {
  kind: 'model-version',
  version: 1,
  id: (version: ModelVersion) => modelVersionKey(version),
  projectId: (version: ModelVersion) => version.projectId,
  createdAt: (version: ModelVersion) => version.createdAt,
  chunks: chunksOf,
  decode: (body: unknown): ModelVersion => v.parse(modelVersionSchema, body),
  withProject: (version: ModelVersion, projectId: string): ModelVersion => ({
    ...version,
    projectId,
    runId: rebasedId(version.runId, projectId),
  }),
};

/** The record's id: two projects may hold the same version. */
export function modelVersionKey({ projectId, id }: Pick<ModelVersion, 'projectId' | 'id'>): string {
  return `${projectId}:${id}`;
}

function chunksOf(version: ModelVersion): string[] {
  if (isRecommender(version)) {
    const { arrays, items, perUser } = version.recommender;
    return [...arrays.map(({ chunk }) => chunk), items, ...(perUser === null ? [] : [perUser])];
  }
  const { weights, predictions } = version;
  return predictions === null ? [weights.chunk] : [weights.chunk, predictions];
}

/** SHA-256 over all that decides what the model answers, and nothing else: equal models have equal ids. */
export function versionDigest(
  version:
    | Pick<NetworkVersion, 'spec' | 'preparation' | 'target' | 'weights'>
    | Pick<RecommenderVersion, 'recommender'>,
): Promise<string> {
  if ('recommender' in version) {
    const { method, settings, arrays, items } = version.recommender;
    return digestOf({ method, settings, arrays, items });
  }
  const { spec, preparation, target, weights } = version;
  return digestOf({ spec, preparation, target, weights });
}

/** 1, 2, 3 … within a project; a number is never given twice while its version is kept. */
export function nextVersionNumber(versions: readonly Pick<ModelVersion, 'number'>[]): number {
  return versions.reduce((highest, { number }) => Math.max(highest, number), 0) + 1;
}
