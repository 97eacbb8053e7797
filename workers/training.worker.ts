/** Trains: reads the run's record and its data, writes the checkpoints, the model version and the run's end. */
import { expose } from 'comlink';
import type { ColumnSource } from '../src/data/schema.ts';
import { dataSetCodec, dataSetKey } from '../src/data/data-set-codec.ts';
import { reviveError, StudioError } from '../src/lib/errors.ts';
import type {
  EstimateQuery,
  TrainingApi,
  TrainRequest,
  TrainResult,
} from '../src/rpc/contracts.ts';
import { getChunk } from '../src/storage/chunks.ts';
import { openStudioDb, type StudioDb } from '../src/storage/db.ts';
import { whileInUse } from '../src/storage/locks.ts';
import { repository } from '../src/storage/records.ts';
import { loadPipeline } from '../src/tasks/pipelines.ts';
import { Control } from '../src/training/engine/control.ts';
import { runCodec } from '../src/training/run-codec.ts';
import type { RunEvent, RunNotice } from '../src/training/run.ts';
import { columnSource } from './column-source.ts';
import { EventPost } from './training/event-post.ts';
import { LatestOnly } from './training/latest-only.ts';
import { RunJournal } from './training/journal.ts';
import { probeMemory } from './training/probe-memory.ts';
import { storeVersion } from './training/store-version.ts';

let control: Control | null = null;
const estimates = new LatestOnly();

const api = {
  async estimate(query) {
    if (control) throw new StudioError('busy', 'This worker is training');
    return estimates.run((signal) => estimate(query, signal));
  },
  async train(request, onEvents) {
    if (control) throw new StudioError('busy', 'This worker is training already');
    const post = new EventPost(onEvents);
    control = new Control((state) => post.tell({ type: state }));
    try {
      const held = control;
      await estimates.cancel(); // its backend and its steps would be the run's too
      return await whileInUse(() => train(request, held, post));
    } finally {
      post.flush();
      control = null;
    }
  },
  control(command) {
    control?.command(command);
  },
} satisfies TrainingApi;

expose(api);

async function train(
  { runId, resume }: TrainRequest,
  held: Control,
  post: EventPost,
): Promise<TrainResult> {
  const db = await openStudioDb();
  const run = await repository(db, runCodec).get(runId);
  const journal = new RunJournal(db, resume ? run : { ...run, epochs: [], folds: [] });
  const tell = (event: RunEvent) => {
    journal.note(event);
    post.tell(event);
  };
  let wasKilled = resume;
  try {
    const source = await sourceOf(db, run.projectId, run.dataSet);
    const besides = (digest: string | undefined) =>
      digest ? sourceOf(db, run.projectId, digest) : null;
    const [items, users] = [await besides(run.itemData), await besides(run.userData)];
    const pipeline = await loadPipeline(run.taskId);
    const outcome = await pipeline.train({
      source,
      ...{ items, users },
      config: run.config,
      control: held,
      emit(event) {
        tell(event);
        if (event.type !== 'started' || !wasKilled) return;
        wasKilled = false;
        const notice: RunNotice = run.checkpoint
          ? { type: 'went-on', epoch: event.epoch + 1 }
          : { type: 'began-again' };
        tell({ type: 'notice', notice });
      },
      checkpoint: resume && run.checkpoint ? await getChunk(db, run.checkpoint) : null,
      saveCheckpoint: async (bytes) => ({ of: bytes, bytes: await journal.checkpoint(bytes) }),
      probeMemory: probeMemory(db),
      startHelper,
    });
    const version = await storeVersion(db, run, outcome);
    const record = await journal.finish({
      status: outcome.outcome,
      backend: outcome.backend,
      bestEpoch: outcome.bestEpoch,
      metrics: outcome.metrics,
      modelVersion: version.id,
    });
    return { outcome: outcome.outcome, metrics: record.metrics, modelVersion: version.id };
  } catch (thrown) {
    const error = reviveError(thrown);
    const { code, message } = error;
    if (code !== 'cancelled' && code !== 'diverged') {
      // The page writes it too, should there be no room for it here.
      await journal.fail(error).catch(() => undefined);
      throw error;
    }
    // Before there was anything to keep.
    const outcome = code === 'cancelled' ? 'stopped' : code;
    await journal.finish({
      status: outcome,
      ...(outcome === 'diverged' && { error: { code, message } }),
    });
    return { outcome, metrics: {}, modelVersion: null };
  } finally {
    void journal.close(); // what is still being stored is let go: the run's end is written
  }
}

async function estimate(
  { projectId, taskId, dataSet, config, remeasure }: EstimateQuery,
  signal: AbortSignal,
) {
  const db = await openStudioDb();
  const probes = probeMemory(db);
  if (remeasure) await probes.forget();
  const source = await sourceOf(db, projectId, dataSet);
  const pipeline = await loadPipeline(taskId);
  return pipeline.estimate({ source, config, signal, probeMemory: probes, startHelper });
}

/** A further worker of a run. */
function startHelper() {
  return new Worker(new URL('./shard.worker.ts', import.meta.url), {
    type: 'module',
    name: 'shard',
  });
}

async function sourceOf(db: StudioDb, projectId: string, digest: string): Promise<ColumnSource> {
  const dataSet = await repository(db, dataSetCodec).get(dataSetKey({ projectId, digest }));
  return columnSource(db, dataSet);
}
