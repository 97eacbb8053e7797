/** Answers: loose rows, files of rows, and what a version said of its test rows. */
import { expose, transfer } from 'comlink';
import { decodePredictions } from '../src/evaluate/predictions-codec.ts';
import { rowsOfCell } from '../src/evaluate/evaluate-classes.ts';
import { StudioError } from '../src/lib/errors.ts';
import { modelVersionCodec, modelVersionKey } from '../src/registry/model-version-codec.ts';
import { mustBeNetwork, type NetworkVersion } from '../src/registry/model-version.ts';
import type { InferenceApi, VersionRef } from '../src/rpc/contracts.ts';
import { getChunk } from '../src/storage/chunks.ts';
import { openStudioDb } from '../src/storage/db.ts';
import { repository } from '../src/storage/records.ts';
import { loadPipeline } from '../src/tasks/pipelines.ts';
import type { Predictor } from '../src/training/pipeline.ts';
import { evaluateFile } from './inference/evaluate-file.ts';
import { scoreFile } from './inference/score-file.ts';

const db = openStudioDb();
db.catch(() => undefined); // thrown where it is awaited

/** The last few models stay warm. */
const warm = new Map<string, Promise<Opened>>();
const mostWarm = 4;

interface Opened {
  version: NetworkVersion;
  predictor: Predictor;
}

function open(ref: VersionRef): Promise<Opened> {
  const key = modelVersionKey(ref);
  const opened = warm.get(key) ?? load(key);
  warm.delete(key);
  warm.set(key, opened);
  opened.catch(() => warm.delete(key));
  const [oldest] = warm.keys();
  if (warm.size > mostWarm && oldest !== undefined) {
    void warm.get(oldest)?.then(({ predictor }) => predictor.dispose());
    warm.delete(oldest);
  }
  return opened;
}

async function load(key: string): Promise<Opened> {
  const version = mustBeNetwork(await repository(await db, modelVersionCodec).get(key));
  const { spec, preparation, target, weights } = version;
  const bytes = await getChunk(await db, weights.chunk);
  const pipeline = await loadPipeline(version.taskId);
  const model = { spec, preparation, target, weights: { tensors: weights.tensors, bytes } };
  return { version, predictor: await pipeline.open(model) };
}

const api = {
  predict: async (ref, rows) => (await open(ref)).predictor.answer(rows),
  async scoreFile(ref, file, onProgress) {
    const { version, predictor } = await open(ref);
    return scoreFile(version, predictor, file, onProgress);
  },
  async evaluateFile(ref, file, onProgress) {
    const { version, predictor } = await open(ref);
    return evaluateFile(version, predictor, file, onProgress);
  },
  async confusionRows(ref, actual, predicted) {
    const version = mustBeNetwork(
      await repository(await db, modelVersionCodec).get(modelVersionKey(ref)),
    );
    if (version.predictions === null)
      throw new StudioError('not-found', 'This version kept no predictions');
    const predictions = decodePredictions(await getChunk(await db, version.predictions));
    if (predictions.type !== 'classes')
      throw new StudioError('bad-config', 'A model of numbers has no confusion matrix');
    const rows = rowsOfCell(predictions, actual, predicted);
    return transfer(rows, [rows.buffer]);
  },
} satisfies InferenceApi;

expose(api);
