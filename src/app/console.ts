/**
 * The console API, `window.glasshouse`: what the interface does, a script can do, over the same
 * session classes as the screens. Documented in the README.
 */
import type { InputRow } from '../data/input-row.ts';
import type { DataSet, EventColumns } from '../data/schema.ts';
import type { DataSetChange } from '../rpc/contracts.ts';
import type { Person, RerankWeights } from '../rpc/recommend-contract.ts';
import type { ImportOptions } from '../state/data-session.svelte.ts';
import type { ProjectSession } from '../state/project-session.svelte.ts';
import { embed } from '../state/sentence-encoder.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import { tasks } from '../tasks/catalogue.ts';
import type { RunEvent, RunRequest } from '../training/run.ts';
import type { EstimateOptions } from '../training/preflight.ts';
import type { RunRecord } from '../training/run-record.ts';

export type GlasshouseApi = ReturnType<typeof createConsoleApi>;

interface TrainCallOptions {
  signal?: AbortSignal;
}

export function createConsoleApi(workspace: Workspace, titleOf: (taskId: string) => string) {
  const project = async (id: string) => projectApi(await workspace.openProject(id), workspace);
  return {
    tasks: () => tasks.map(({ id }) => ({ id, title: titleOf(id) })),
    projects: async () => {
      await workspace.refresh();
      return workspace.projects.map(({ id, name, taskId }) => ({ id, name, task: taskId }));
    },
    createProject: async (options: { name: string; task?: string }) =>
      project(
        await workspace.createProject({
          name: options.name,
          ...(options.task !== undefined && { taskId: options.task }),
        }),
      ),
    openProject: project,
    deleteProject: (id: string) => workspace.deleteProject(id),
    exportProject: (id: string) => workspace.exportProject(id),
    /** English texts as 512 numbers each, of length 1; the product of two rows says how alike they mean. */
    embed,
    importProject: async (file: Blob) => project(await workspace.importProject(file)),
  };
}

function projectApi(session: ProjectSession, workspace: Workspace) {
  return {
    id: session.id,
    get name() {
      return session.record.name;
    },

    /** Tables as CSV, TSV, JSON, JSONL or Parquet, gzipped or not. */
    importData: async (files: readonly (File | Blob)[], options?: ImportOptions) =>
      summary(await session.data.importFiles(files.map(asFile), options)),
    loadSample: async (id: string) => summary(await workspace.loadSample(session, id)),
    /** Sets a column's type or role, its preparation, the split …: a new version of the data. */
    change: async (change: DataSetChange) => summary(await session.data.change(change)),
    profile: () => session.data.loadProfile(),
    /** Of a table of events: which columns are who, what, how much (or null) and when (or null). */
    setEvents: async (columns: EventColumns) => {
      await session.setEvents(columns);
      return summary(session.data.mustHave());
    },
    /** A table of items beside the events; `key` is the column of their ids. */
    importItems: async (files: readonly (File | Blob)[], key: string) =>
      summary(await session.data.importBeside('items', files.map(asFile), key)),
    /** A table of people beside the events; `key` is the column of their ids. */
    importUsers: async (files: readonly (File | Blob)[], key: string) =>
      summary(await session.data.importBeside('users', files.map(asFile), key)),

    /** What a run with these settings would take, by measurement; null for a solver that only ends when it is done. */
    estimate: (config?: RunRequest, options?: EstimateOptions) =>
      session.training.estimate(config, options),
    /** Resolves when the run has ended. Aborting stops it and keeps its best weights. */
    train: async (
      config: RunRequest = {},
      onEvent?: (event: RunEvent) => void,
      options: TrainCallOptions = {},
    ) => outcome(await session.train(config, { onEvent, signal: options.signal })),
    pause: () => session.training.live?.control('pause'),
    /** One batch, then held again. */
    step: () => session.training.live?.control('step'),
    resume: () => session.training.live?.control('resume'),
    stop: () => session.training.live?.control('stop'),
    /** Oldest first; one that is going has the status `running`. */
    runs: () =>
      session.training.runs.map((run) => ({
        ...outcome(run.record),
        status: run.isLive ? 'running' : run.status,
      })),
    /** The figures of each epoch of a run; of the latest where none is named. */
    curve: (runId?: string) => {
      const run = session.training.runs.findLast(({ id }) => runId === undefined || id === runId);
      return [...(run?.epochs ?? [])];
    },

    /** On the test split, or on labelled data that the model has not seen. */
    evaluate: async (files?: readonly (File | Blob)[], options: { version?: string } = {}) => {
      const [file] = files ?? [];
      if (file) return session.models.evaluateFile(asFile(file, 0), options.version);
      return session.models.version(options.version).evaluation;
    },
    predict: (rows: InputRow | readonly InputRow[], options: { version?: string } = {}) =>
      session.models.predict(Array.isArray(rows) ? rows : [rows as InputRow], options.version),
    scoreFile: async (file: File | Blob, options: { version?: string } = {}) =>
      session.models.scoreFile(asFile(file, 0), options.version),
    /** Intercept and coefficients of a linear model; null for others. */
    linearTerms: (options: { version?: string } = {}) =>
      session.models.linearTerms(session.models.version(options.version).id),
    /** The best items for somebody of the data (by number), or for a new person with these ratings. */
    recommend: (
      person: Person,
      options: { version?: string; count?: number; rerank?: RerankWeights } = {},
    ) =>
      session.recommenders.recommend(session.models.version(options.version).id, person, options),
    versions: () =>
      session.models.versions.map(({ id, number, runId, metrics }) => ({
        id,
        number,
        runId,
        metrics,
      })),
  };
}

function outcome({ id, name, status, backend, workers, metrics, modelVersion, folds }: RunRecord) {
  const count = workers?.count ?? 1;
  return { id, name, status, backend, workers: count, metrics, modelVersion, folds };
}

function summary({ digest, name, rows, columns }: DataSet) {
  return {
    digest,
    name,
    rows,
    columns: columns.map(({ name: column, type, role }) => ({ name: column, type, role })),
  };
}

function asFile(file: File | Blob, index: number): File {
  return file instanceof File ? file : new File([file], `data-${index + 1}`, { type: file.type });
}
