/** The settings of the next run while they are being made: a learner's defaults, and what was changed. */
import { reviveError, type StudioError } from '../lib/errors.ts';
import type { RunConfig, RunRequest } from '../training/run.ts';

export class TrainDraft {
  #changes = $state.raw<RunRequest>({});
  readonly #configure: (changes: RunRequest) => RunConfig;
  readonly #result = $derived.by(
    (): { config: RunConfig; error: null } | { config: null; error: StudioError } => {
      try {
        return { config: this.#configure(this.#changes), error: null };
      } catch (error) {
        return { config: null, error: reviveError(error) };
      }
    },
  );

  constructor(configure: (changes: RunRequest) => RunConfig) {
    this.#configure = configure;
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

  set(changes: RunRequest) {
    this.#changes = { ...this.#changes, ...changes };
  }

  /** Another learner brings its own defaults; what holds for all (seed, backend, folds and their order) stays. */
  choose(learner: string) {
    const { seed, backend, folds, shuffleFolds } = this.#changes;
    this.#changes = {
      learner,
      ...(seed !== undefined && { seed }),
      ...(backend !== undefined && { backend }),
      ...(folds !== undefined && { folds }),
      ...(shuffleFolds !== undefined && { shuffleFolds }),
    };
  }

  reset() {
    const { learner } = this.#changes;
    this.#changes = learner === undefined ? {} : { learner };
  }
}
