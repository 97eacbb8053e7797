/** A project's runs: starting them, holding them, going on with what a closed tab left. */
import { StudioError } from '../lib/errors.ts';
import { trainingClient } from '../rpc/clients.ts';
import type { TrainingApi } from '../rpc/contracts.ts';
import type { WorkerClient } from '../rpc/worker-client.ts';
import { taskOf } from '../tasks/catalogue.ts';
import { parseRunConfig } from '../training/config-schema.ts';
import { assertLearner } from '../training/assert-learner.ts';
import {
  networkConfigOf,
  type RunConfig,
  type RunEvent,
  type RunRequest,
} from '../training/run.ts';
import type { RunRecord } from '../training/run-record.ts';
import type { EstimateOptions, RunEstimate } from '../training/preflight.ts';
import { runName } from '../training/run-names.ts';
import { backendOverride } from './backend-override.ts';
import type { DataSession } from './data-session.svelte.ts';
import { definedOnly, type ProjectContext } from './project-context.ts';
import { RunSession } from './run-session.svelte.ts';

export interface TrainOptions {
  onEvent?: ((event: RunEvent) => void) | undefined;
  /** Aborting stops the run; its best weights are kept. Before it has begun there is none: `cancelled`. */
  signal?: AbortSignal | undefined;
}

export class TrainingSession {
  #runs = $state.raw<readonly RunSession[]>([]);
  #isStarting = $state(false);
  #isClosed = false;
  readonly #project: ProjectContext;
  readonly #data: DataSession;
  readonly #client: WorkerClient<TrainingApi>;

  constructor(project: ProjectContext, data: DataSession, client = trainingClient()) {
    this.#project = project;
    this.#data = data;
    this.#client = client;
  }

  /** Oldest first. */
  get runs() {
    return this.#runs;
  }
  get live() {
    return this.#runs.find((run) => run.isLive) ?? null;
  }
  /** Whether a run is asked for that isn't `live` yet. */
  get isStarting() {
    return this.#isStarting;
  }
  /** Left behind by a tab that was closed in the middle. */
  get interrupted() {
    return this.#runs.filter((run) => run.status === 'interrupted');
  }

  async reload(): Promise<void> {
    const records = await this.#project.store.runs.list(this.#project.id);
    this.#runs = records.map(
      (record) =>
        this.#runs.find((run) => run.id === record.id && run.isLive) ??
        new RunSession(record, this.#client, this.#project.isReadOnly),
    );
  }

  close() {
    this.#isClosed = true;
    this.#client.close();
  }

  /** Whether the project's task has this learner. */
  offers(learner: string): boolean {
    return taskOf(this.#project.record.taskId).learners.some(({ id }) => id === learner);
  }

  /** What a run would be told: its learner's defaults and what differs from them. @throws StudioError `bad-config` */
  configure(overrides: RunRequest = {}): RunConfig {
    const task = taskOf(this.#project.record.taskId);
    const learner = overrides.learner ?? task.learners[0]?.id ?? '';
    const defaults = task.defaults(this.#data.mustHave(), learner);
    if (!this.offers(learner)) {
      const known = task.learners.map(({ id }) => id).join(', ');
      throw new StudioError('bad-config', `setting "learner": "${learner}" is none of ${known}`);
    }
    const backend = backendOverride();
    if ('settings' in defaults) {
      // A method's settings that nobody named keep their defaults.
      const settings = { ...defaults.settings, ...overrides.settings };
      return parseRunConfig({ ...defaults, ...definedOnly(overrides), settings });
    }
    const config = parseRunConfig({
      ...defaults,
      ...(backend && { backend }),
      ...definedOnly(overrides),
    });
    assertLearner(networkConfigOf(config), task.learners);
    return config;
  }

  /**
   * What a run would take, by measurement; null where it can't be told before.
   * @throws StudioError `cancelled` when another estimate or a run is asked for meanwhile, `busy` during a run
   */
  async estimate(
    overrides: RunRequest = {},
    { remeasure = false }: EstimateOptions = {},
  ): Promise<RunEstimate | null> {
    this.#mustBeIdle();
    const config = this.configure(overrides);
    // Without starting a worker.
    if ('settings' in config || config.solver !== 'gradient-descent') return null;
    const { id: projectId, record } = this.#project;
    const dataSet = this.#data.mustHave().digest;
    return this.#client.call((api) =>
      api.estimate({ projectId, taskId: record.taskId, dataSet, config, remeasure }),
    );
  }

  /**
   * Trains to the end and returns the run as it is stored.
   * @throws StudioError `busy` while another run is going; `bad-config` for settings that don't fit the data;
   * `cancelled` where the signal is aborted before the run has begun, which leaves no run.
   */
  async train(overrides: RunRequest = {}, options: TrainOptions = {}): Promise<RunRecord> {
    const { runs } = this.#project.store;
    const prepare = async () => {
      throwIfAborted(options.signal);
      if (overrides.target !== undefined) await this.#data.setTarget(overrides.target);
      throwIfAborted(options.signal);
      const record = this.#newRecord(this.configure(overrides));
      await runs.put(record);
      if (options.signal?.aborted) await runs.delete(record.id);
      throwIfAborted(options.signal);
      const session = new RunSession(record, this.#client);
      this.#runs = [...this.#runs, session];
      return session;
    };
    return this.#start(prepare, false, options);
  }

  /** Goes on from the run's last checkpoint. @throws StudioError as `train` */
  async resume(runId: string, options: TrainOptions = {}): Promise<RunRecord> {
    const prepare = async () => {
      throwIfAborted(options.signal);
      const session = this.#find(runId);
      if (!session.canResume)
        throw new StudioError(
          'bad-config',
          `Run "${session.record.name}" has nothing to go on from`,
        );
      // As one that is going, so that it is gone on with again where this tab is closed too.
      if (session.status === 'failed') {
        const record: RunRecord = { ...session.record, status: 'running', error: null };
        await this.#project.store.runs.put(record);
        session.replaceRecord(record);
      }
      return session;
    };
    return this.#start(prepare, true, options);
  }

  async rename(runId: string, name: string): Promise<void> {
    this.#project.mustWrite();
    const session = this.#find(runId);
    if (session.isLive || !name.trim()) return;
    const record = { ...session.record, name: name.trim() };
    await this.#project.store.runs.put(record);
    session.replaceRecord(record);
  }

  async delete(runId: string): Promise<void> {
    this.#project.mustWrite();
    if (this.#find(runId).isLive) return;
    await this.#project.store.runs.delete(runId);
    this.#runs = this.#runs.filter((run) => run.id !== runId);
  }

  /** No other run can start from now on, whatever is awaited before this one is live. */
  async #start(
    prepare: () => Promise<RunSession>,
    resume: boolean,
    options: TrainOptions,
  ): Promise<RunRecord> {
    this.#project.mustWrite();
    this.#mustBeIdle();
    if (this.#isStarting) throw new StudioError('busy', 'Another run is just being started');
    this.#isStarting = true;
    let run: Promise<RunRecord>;
    try {
      run = this.#drive(await prepare(), resume, options);
    } finally {
      this.#isStarting = false;
    }
    return run;
  }

  /** @throws StudioError `busy` */
  #mustBeIdle() {
    if (this.live) throw new StudioError('busy', `Run "${this.live.record.name}" is still going`);
  }

  async #drive(session: RunSession, resume: boolean, options: TrainOptions): Promise<RunRecord> {
    const { runs } = this.#project.store;
    try {
      return await session.run({ resume, reload: () => runs.get(session.id), ...options });
    } catch (error) {
      // The project is closed or deleted: as it is left, the run can be gone on with where it still is.
      if (this.#isClosed) throw error;
      // The worker is gone or gave up: the stored run must not look as if it were still going.
      const { code, message } = session.error ?? { code: 'internal', message: String(error) };
      const record = await runs.get(session.id);
      const failed: RunRecord = {
        ...record,
        status: 'failed',
        error: { code, message },
        // From damaged bytes nothing goes on: they are let go.
        checkpoint: code === 'corrupt' ? null : record.checkpoint,
      };
      await runs.put(failed);
      session.replaceRecord(failed);
      throw error;
    }
  }

  #newRecord(config: RunConfig): RunRecord {
    const id = crypto.randomUUID();
    const taken = this.#runs.map((run) => run.record.name);
    return {
      id,
      projectId: this.#project.id,
      name: runName(id, taken),
      taskId: this.#project.record.taskId,
      dataSet: this.#data.mustHave().digest,
      ...(this.#data.items && { itemData: this.#data.items.digest }),
      ...(this.#data.users && { userData: this.#data.users.digest }),
      config,
      createdAt: Date.now(),
      status: 'running',
      error: null,
      backend: null,
      backendReason: null,
      baseline: null,
      epochs: [],
      folds: [],
      bestEpoch: 0,
      metrics: {},
      modelVersion: null,
      notices: [],
      checkpoint: null,
    };
  }

  #find(runId: string): RunSession {
    const session = this.#runs.find((run) => run.id === runId);
    if (!session) throw new StudioError('not-found', `No run ${runId}`);
    return session;
  }
}

function throwIfAborted(signal: AbortSignal | undefined) {
  if (signal?.aborted)
    throw new StudioError('cancelled', 'Stopped before it began', { cause: signal.reason });
}
