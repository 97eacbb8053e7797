/** One training run as the page sees it, live or long ended. The worker owns the stored record meanwhile. */
import { proxy } from 'comlink';
import { isErrorCode, reviveError, StudioError } from '../lib/errors.ts';
import type { TrainingApi } from '../rpc/contracts.ts';
import type { WorkerClient } from '../rpc/worker-client.ts';
import type { ControlCommand } from '../training/control.ts';
import {
  epochRecordOf,
  type EpochRecord,
  type RunEvent,
  type RunNotice,
  type RunOutcome,
} from '../training/run.ts';
import type { RunRecord } from '../training/run-record.ts';
import { stayAwake } from './wake-lock.ts';

export type RunStatus =
  | 'waiting'
  | 'starting'
  | 'running'
  | 'paused'
  | 'stopping'
  | RunOutcome
  | 'failed'
  /** Left in the middle by a tab that was closed. */
  | 'interrupted'
  /** Not ended, and another tab's to write. */
  | 'elsewhere';

type Progress = Extract<RunEvent, { type: 'progress' }>;
type Started = Extract<RunEvent, { type: 'started' }>;

/** Statuses in which a worker is at work for the run, or about to be. */
const live: readonly RunStatus[] = ['starting', 'running', 'paused', 'stopping'];

export class RunSession {
  #record = $state.raw() as RunRecord; // assigned in the constructor
  #status = $state<RunStatus>('waiting');
  #epochs = $state.raw<readonly EpochRecord[]>([]);
  /** Those of the events at hand: taken together, as there may be hundreds. */
  #ended: EpochRecord[] = [];
  #folds = $state.raw<readonly Record<string, number>[]>([]);
  #progress = $state.raw<Progress | null>(null);
  #started = $state.raw<Started | null>(null);
  #notices = $state.raw<readonly RunNotice[]>([]);
  #bestEpoch = $state(0);
  #error = $state.raw<StudioError | null>(null);
  readonly #client: WorkerClient<TrainingApi>;

  /** @param isReadOnly whether another tab writes this project */
  constructor(record: RunRecord, client: WorkerClient<TrainingApi>, isReadOnly = false) {
    this.#client = client;
    this.#show(record);
    if (record.status === 'running') this.#status = isReadOnly ? 'elsewhere' : 'interrupted';
  }

  get id() {
    return this.#record.id;
  }
  get record() {
    return this.#record;
  }
  get status() {
    return this.#status;
  }
  get isLive() {
    return live.includes(this.#status);
  }
  get epochs() {
    return this.#epochs;
  }
  get folds() {
    return this.#folds;
  }
  get progress() {
    return this.#progress;
  }
  get started() {
    return this.#started;
  }
  get notices() {
    return this.#notices;
  }
  get bestEpoch() {
    return this.#bestEpoch;
  }
  get error() {
    return this.#error;
  }
  /** Whether it was left in the middle, and there is something to go on from. */
  get canResume() {
    return (
      this.#status === 'interrupted' ||
      (this.#status === 'failed' && this.#record.checkpoint !== null)
    );
  }

  /**
   * Trains to the end. `reload` reads the record that the worker wrote.
   * @throws StudioError as the worker did; the session shows it too.
   */
  async run(options: {
    resume: boolean;
    reload: () => Promise<RunRecord>;
    onEvent?: ((event: RunEvent) => void) | undefined;
    signal?: AbortSignal | undefined;
  }): Promise<RunRecord> {
    this.#status = 'starting';
    this.#error = null;
    const maySleep = stayAwake();
    const onEvents = (events: readonly RunEvent[]) => {
      if (this.isLive) for (const event of events) this.#apply(event);
      this.#takeEnded();
      for (const event of events) options.onEvent?.(event);
    };
    const stop = () => void this.control('stop');
    options.signal?.addEventListener('abort', stop, { once: true });
    try {
      const training = this.#client.call((api) =>
        api.train({ runId: this.id, resume: options.resume }, proxy(onEvents)),
      );
      // After the call is posted: a worker that isn't training yet has nothing to stop.
      if (options.signal?.aborted) stop();
      await training;
      const record = await options.reload();
      this.#show(record);
      return record;
    } catch (error) {
      this.#error = reviveError(error);
      this.#status = 'failed';
      throw this.#error;
    } finally {
      options.signal?.removeEventListener('abort', stop);
      maySleep();
      this.#progress = null;
    }
  }

  async control(command: ControlCommand): Promise<void> {
    if (!this.isLive) return;
    if (command === 'stop') this.#status = 'stopping';
    // What is wrong with the worker the run itself tells.
    await this.#client.call((api) => api.control(command)).catch(() => undefined);
  }

  /** The stored record changed: its name, say. */
  replaceRecord(record: RunRecord) {
    this.#record = record;
  }

  #show(record: RunRecord) {
    this.#record = record;
    this.#status = record.status;
    this.#epochs = record.epochs;
    this.#folds = record.folds;
    this.#notices = record.notices;
    this.#bestEpoch = record.bestEpoch;
    this.#error = record.error && errorOf(record.error);
  }

  #apply(event: RunEvent) {
    switch (event.type) {
      case 'started':
        this.#started = event;
        this.#takeEnded();
        this.#epochs = this.#epochs.slice(0, event.epoch);
        if (this.#status === 'starting') this.#status = 'running';
        break;
      case 'progress':
        this.#progress = event;
        break;
      case 'epoch':
        this.#ended.push(epochRecordOf(event));
        if (event.best) this.#bestEpoch = event.epoch;
        break;
      case 'fold':
        this.#folds = [...this.#folds.slice(0, event.fold - 1), event.metrics];
        break;
      // Told late, when it is being stopped already.
      case 'paused':
        if (this.#status !== 'stopping') this.#status = 'paused';
        break;
      case 'resumed':
        if (this.#status !== 'stopping') this.#status = 'running';
        break;
      case 'notice':
        this.#notices = [...this.#notices, event.notice];
        break;
      case 'finished':
        this.#bestEpoch = event.bestEpoch;
        break;
      default:
        event satisfies never;
    }
  }

  #takeEnded() {
    if (this.#ended.length === 0) return;
    this.#epochs = [...this.#epochs, ...this.#ended];
    this.#ended = [];
  }
}

/** As it was stored, perhaps by a version with other codes. */
function errorOf({ code, message }: NonNullable<RunRecord['error']>): StudioError {
  return new StudioError(isErrorCode(code) ? code : 'internal', message);
}
