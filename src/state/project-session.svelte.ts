/**
 * An open project. Screens and the console API both go through here; there is no second path.
 * What can be done is in its parts: `data`, `training`, `models`.
 */
import { StudioError } from '../lib/errors.ts';
import type { EventColumns } from '../data/schema.ts';
import type { Project } from '../registry/project.ts';
import { holdProject, type Hold } from '../storage/locks.ts';
import { taskOf, taskOfKind } from '../tasks/catalogue.ts';
import type { RunRequest } from '../training/run.ts';
import type { RunRecord } from '../training/run-record.ts';
import { DataSession } from './data-session.svelte.ts';
import { ModelSession } from './model-session.svelte.ts';
import type { ProjectContext } from './project-context.ts';
import { RecommendSession } from './recommend-session.svelte.ts';
import type { Store } from './store.ts';
import { TrainingSession, type TrainOptions } from './training-session.svelte.ts';

/** How long another tab may take to close once this one has asked to write. */
const takeOverMs = 5000;

export class ProjectSession implements ProjectContext {
  #record = $state.raw() as Project; // assigned in the constructor
  #saving = $state(0);
  #hold = $state.raw<Hold | null>(null);
  readonly #closing = new AbortController();
  readonly store: Store;
  readonly data: DataSession;
  readonly training: TrainingSession;
  readonly models: ModelSession;
  readonly recommenders: RecommendSession;

  private constructor(store: Store, record: Project) {
    this.store = store;
    this.#record = record;
    this.data = new DataSession(this);
    this.training = new TrainingSession(this, this.data);
    this.models = new ModelSession(this);
    this.recommenders = new RecommendSession(this);
  }

  /** Opens a project for writing, or for reading only where another tab writes. */
  static async open(store: Store, id: string): Promise<ProjectSession> {
    const session = new ProjectSession(store, await store.projects.get(id));
    session.#hold = await holdProject(id);
    await session.reload();
    void (session.isReadOnly ? session.takeOver() : session.#resumeInterrupted());
    return session;
  }

  get id() {
    return this.#record.id;
  }
  get record() {
    return this.#record;
  }
  get task() {
    return taskOf(this.#record.taskId);
  }
  get isSaving() {
    return this.#saving > 0;
  }
  get isReadOnly() {
    return this.#hold === null;
  }

  /** Ends the workers and lets another tab write. */
  close() {
    this.#closing.abort();
    this.data.close();
    this.training.close();
    this.models.close();
    this.recommenders.close();
    this.#hold?.release();
    this.#hold = null;
  }

  /** Reads everything again, as another tab may have changed it. */
  async reload(): Promise<void> {
    this.#record = await this.store.projects.get(this.id);
    await Promise.all([this.data.reload(), this.training.reload(), this.models.reload()]);
  }

  /**
   * Becomes the tab that writes and goes on with what the other left, if that one is closed or just
   * closing: a browser lets go of a tab's locks only some time after it.
   */
  async takeOver(): Promise<boolean> {
    if (this.#hold) return true;
    const waiting = AbortSignal.any([AbortSignal.timeout(takeOverMs), this.#closing.signal]);
    const hold = await holdProject(this.id, waiting);
    if (hold && this.#closing.signal.aborted) hold.release();
    else if (hold) {
      this.#hold = hold;
      await this.reload();
      void this.#resumeInterrupted();
    }
    return !this.isReadOnly;
  }

  async train(config: RunRequest = {}, options: TrainOptions = {}): Promise<RunRecord> {
    return this.#withNewVersions(this.training.train(config, options));
  }

  async resume(runId: string, options: TrainOptions = {}): Promise<RunRecord> {
    return this.#withNewVersions(this.training.resume(runId, options));
  }

  /** Says what is to be learned, and as which task where that is not the project's. */
  async setTarget(column: string, taskId: string = this.#record.taskId): Promise<void> {
    await this.data.setTarget(column);
    await this.setTask(taskId);
  }

  /** Says which columns are who, what, how much and when; a project of another kind becomes one of events. */
  async setEvents(columns: EventColumns): Promise<void> {
    await this.data.change({ type: 'events', to: columns });
    const task = this.task.kind === 'events' ? this.task : taskOfKind('events');
    if (task) await this.setTask(task.id);
  }

  async setTask(taskId: string): Promise<void> {
    if (taskId !== this.#record.taskId) await this.save({ taskId: taskOf(taskId).id });
  }

  async rename(name: string): Promise<void> {
    const trimmed = name.trim();
    if (trimmed && trimmed !== this.#record.name) await this.save({ name: trimmed });
  }

  mustWrite() {
    if (this.isReadOnly)
      throw new StudioError('busy', `"${this.#record.name}" is open in another tab`);
  }

  async save(changes: Partial<Project>): Promise<void> {
    this.mustWrite();
    this.#saving++;
    try {
      const record = { ...this.#record, ...changes, updatedAt: Date.now() };
      await this.store.projects.put(record);
      this.#record = record;
    } finally {
      this.#saving--;
    }
  }

  /** Goes on with what a closed tab left in the middle of training, one run after the other. */
  async #resumeInterrupted(): Promise<void> {
    for (const run of this.training.interrupted)
      // What goes wrong stands in the run's record, and is shown with it.
      await this.resume(run.id).catch(() => undefined);
  }

  async #withNewVersions(run: Promise<RunRecord>): Promise<RunRecord> {
    const record = await run;
    await this.models.reload();
    await this.save({});
    return record;
  }
}
