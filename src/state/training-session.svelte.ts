/** A project's runs: starting them, holding them, going on with what a closed tab left. */
import { StudioError } from '../lib/errors.ts';
import { trainingClient } from '../rpc/clients.ts';
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
import type { RunEstimate } from '../training/preflight.ts';
import { runName } from '../training/run-names.ts';
import { backendOverride } from './backend-override.ts';
import type { DataSession } from './data-session.svelte.ts';
import { definedOnly, type ProjectContext } from './project-context.ts';
import { TrainDraft } from './train-draft.svelte.ts';
import { RunPreview } from './run-preview.svelte.ts';
import { RunSession } from './run-session.svelte.ts';

export interface TrainOptions {
  onEvent?: ((event: RunEvent) => void) | undefined;
  /** Aborting stops the run; its best weights are kept. */
  signal?: AbortSignal | undefined;
}

export class TrainingSession {
  #runs = $state.raw<readonly RunSession[]>([]);
  readonly #project: ProjectContext;
  readonly #data: DataSession;
  readonly #client = trainingClient();
  /** The settings of the next run; kept while the project is open. */
  readonly draft = new TrainDraft((changes) => this.configure(changes));
  /** What that run would take. */
  readonly preview = new RunPreview((config) => this.estimate(config));

  constructor(project: ProjectContext, data: DataSession) {
    this.#project = project;
    this.#data = data;
  }

  /** Oldest first. */
  get runs() {
    return this.#runs;
  }
  get live() {
    return this.#runs.find((run) => run.isLive) ?? null;
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
        new RunSession(record, this.#client),
    );
  }

  close() {
    this.#client.close();
  }

  /** What a run would be told: its learner's defaults and what differs from them. @throws StudioError `bad-config` */
  configure(overrides: RunRequest = {}): RunConfig {
    const task = taskOf(this.#project.record.taskId);
    const learner = overrides.learner ?? task.learners[0]?.id ?? '';
    const defaults = task.defaults(this.#data.mustHave(), learner);
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
  async estimate(overrides: RunRequest = {}): Promise<RunEstimate | null> {
    if (this.live) throw new StudioError('busy', `Run "${this.live.record.name}" is still going`);
    const config = this.configure(overrides);
    // Without starting a worker.
    if ('settings' in config || config.solver !== 'gradient-descent') return null;
    const { id: projectId, record } = this.#project;
    const dataSet = this.#data.mustHave().digest;
    const query = { projectId, taskId: record.taskId, dataSet, config };
    return this.#client.call((api) => api.estimate(query));
  }

  /**
   * Trains to the end and returns the run as it is stored.
   * @throws StudioError `busy` while another run is going; `bad-config` for settings that don't fit the data.
   */
  async train(overrides: RunRequest = {}, options: TrainOptions = {}): Promise<RunRecord> {
    this.#mustBeFree();
    if (overrides.target !== undefined) await this.#data.setTarget(overrides.target);
    const record = this.#newRecord(this.configure(overrides));
    await this.#project.store.runs.put(record);
    const session = new RunSession(record, this.#client);
    this.#runs = [...this.#runs, session];
    return this.#drive(session, false, options);
  }

  /** Goes on from the run's last checkpoint. */
  async resume(runId: string, options: TrainOptions = {}): Promise<RunRecord> {
    this.#mustBeFree();
    return this.#drive(this.#find(runId), true, options);
  }

  async rename(runId: string, name: string): Promise<void> {
    const session = this.#find(runId);
    if (session.isLive || !name.trim()) return;
    const record = { ...session.record, name: name.trim() };
    await this.#project.store.runs.put(record);
    session.replaceRecord(record);
  }

  async delete(runId: string): Promise<void> {
    if (this.#find(runId).isLive) return;
    await this.#project.store.runs.delete(runId);
    this.#runs = this.#runs.filter((run) => run.id !== runId);
  }

  async #drive(session: RunSession, resume: boolean, options: TrainOptions): Promise<RunRecord> {
    const { runs } = this.#project.store;
    try {
      return await session.run({ resume, reload: () => runs.get(session.id), ...options });
    } catch (error) {
      // The worker is gone or gave up: the stored run must not look as if it were still going.
      const { code, message } = session.error ?? { code: 'internal', message: String(error) };
      const record = await runs.get(session.id);
      const failed: RunRecord = { ...record, status: 'failed', error: { code, message } };
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

  #mustBeFree() {
    this.#project.mustWrite();
    if (this.live) throw new StudioError('busy', `Run "${this.live.record.name}" is still going`);
  }
}
