/** What a run gave, as a model version of its project: bytes first, then the record. */
import { encodePredictions } from '../../src/evaluate/predictions-codec.ts';
import {
  modelVersionCodec,
  modelVersionKey,
  nextVersionNumber,
  versionDigest,
} from '../../src/registry/model-version-codec.ts';
import type {
  ModelVersion,
  NetworkVersion,
  RecommenderVersion,
} from '../../src/registry/model-version.ts';
import { putChunk } from '../../src/storage/chunks.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { repository } from '../../src/storage/records.ts';
import type {
  NetworkOutcome,
  RecommenderOutcome,
  TrainingOutcome,
} from '../../src/training/pipeline.ts';
import type { RunRecord } from '../../src/training/run-record.ts';
import type { NetworkConfig, RecommenderConfig } from '../../src/training/run.ts';

/** The same data, settings and seed give the same model: it has its number already. */
export async function storeVersion(
  db: StudioDb,
  run: RunRecord,
  outcome: TrainingOutcome,
): Promise<ModelVersion> {
  const versions = repository(db, modelVersionCodec);
  const members =
    'recommender' in outcome ? await ofRecommender(db, outcome) : await ofNetwork(db, outcome);
  const id = await versionDigest(members);
  const same = await versions.find(modelVersionKey({ projectId: run.projectId, id }));
  if (same) return same;
  const base = {
    id,
    projectId: run.projectId,
    number: nextVersionNumber(await versions.list(run.projectId)),
    taskId: run.taskId,
    runId: run.id,
    dataSet: run.dataSet,
    createdAt: Date.now(),
    metrics: outcome.metrics,
    evaluation: outcome.evaluation,
    parents: [],
  };
  // A task's runs and outcomes are of one kind.
  const version =
    'recommender' in members
      ? {
          ...{ ...base, ...members, config: run.config as RecommenderConfig },
          ...('epochs' in outcome && outcome.epochs && { epochs: outcome.epochs }),
          ...('noneLiked' in outcome && outcome.noneLiked && { noneLiked: outcome.noneLiked }),
        }
      : { ...base, ...members, config: run.config as NetworkConfig };
  await versions.put(version);
  return version;
}

async function ofNetwork(
  db: StudioDb,
  { model, predictions }: NetworkOutcome,
): Promise<Pick<NetworkVersion, 'spec' | 'preparation' | 'target' | 'weights' | 'predictions'>> {
  const { spec, preparation, target } = model;
  const weights = {
    chunk: await putChunk(db, model.weights.bytes),
    tensors: model.weights.tensors,
  };
  return {
    ...{ spec, preparation, target, weights },
    predictions: predictions && (await putChunk(db, encodePredictions(predictions))),
  };
}

async function ofRecommender(
  db: StudioDb,
  { recommender, items, perUser }: RecommenderOutcome,
): Promise<Pick<RecommenderVersion, 'recommender'>> {
  const { method, settings } = recommender;
  const arrays: RecommenderVersion['recommender']['arrays'] = [];
  for (const [name, values] of Object.entries(recommender.arrays))
    arrays.push({
      name,
      type: typeOf(values),
      length: values.length,
      chunk: await putChunk(db, bytesOf(values)),
    });
  return {
    recommender: {
      ...{ method, settings, arrays },
      items: await putChunk(db, bytesOf(new TextEncoder().encode(JSON.stringify(items)))),
      perUser: perUser && (await putChunk(db, bytesOf(perUser))),
    },
  };
}

function typeOf(values: Float32Array | Float64Array | Uint32Array) {
  if (values instanceof Float32Array) return 'float32';
  return values instanceof Float64Array ? 'float64' : 'uint32';
}

function bytesOf(values: ArrayBufferView): ArrayBuffer {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice().buffer;
}
