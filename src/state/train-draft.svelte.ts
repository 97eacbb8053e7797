/** The settings of the next run while they are being made: a learner's defaults, and what was changed. */
import { reviveError, type StudioError } from '../lib/errors.ts';
import type { RunConfig, RunRequest } from '../training/run.ts';
import type { TrainingSession } from './training-session.svelte.ts';

/** What settings are made for. */
type Training = Pick<TrainingSession, 'configure' | 'offers'>;

export class TrainDraft {
  #kept = $state.raw<RunRequest>({});
  readonly #training: Training;
  /** A project may have become one of another task since: what was chosen for its learners is of no use there. */
  readonly #changes = $derived.by((): RunRequest => {
    const { learner } = this.#kept;
    return learner === undefined || this.#training.offers(learner)
      ? this.#kept
      : common(this.#kept);
  });
  readonly #result = $derived.by(
    (): { config: RunConfig; error: null } | { config: null; error: StudioError } => {
      try {
        return { config: this.#training.configure(this.#changes), error: null };
      } catch (error) {
        return { config: null, error: reviveError(error) };
      }
    },
  );

  constructor(training: Training) {
    this.#training = training;
  }

  /** Null while a setting won't do, or there is no target. */
  get config() {
    return this.#result.config;
  }
  get error() {
    return this.#result.error;
  }
  get changes() {
    return this.#changes;
  }
  get isChanged() {
    return Object.keys(this.#changes).some((key) => key !== 'learner');
  }

  /** Whether a run's settings can be used again. */
  canReuse({ learner }: RunConfig): boolean {
    return this.#training.offers(learner);
  }

  set(changes: RunRequest) {
    // With the learner that they were made for, which may be the task's first.
    const learner = this.config?.learner;
    this.#kept = { ...(learner !== undefined && { learner }), ...this.#changes, ...changes };
  }

  /** Another learner brings its own defaults. */
  choose(learner: string) {
    this.#kept = { ...common(this.#changes), learner };
  }

  /** Those of a run, but for its target, which is the data set's to say. */
  reuse(config: RunConfig) {
    const settings: RunRequest = { ...config };
    delete settings.target;
    this.#kept = settings;
  }

  reset() {
    const { learner } = this.#changes;
    this.#kept = learner === undefined || this.error ? {} : { learner };
  }
}

/** What holds for all learners: seed, backend, folds and their order. */
function common({ seed, backend, folds, shuffleFolds }: RunRequest): RunRequest {
  return {
    ...(seed !== undefined && { seed }),
    ...(backend !== undefined && { backend }),
    ...(folds !== undefined && { folds }),
    ...(shuffleFolds !== undefined && { shuffleFolds }),
  };
}
