/** When a recommender's run stores where it stands: at the ends of epochs, every few seconds, one at a time. */
import { reviveError, type StudioError } from '../../lib/errors.ts';
import type { TrainingJob } from '../../training/pipeline.ts';

/** What a run that dies may lose beside its epoch, in ms, where storing is quick, and where it isn't. */
const [leastRestMs, mostRestMs] = [3000, 10_000];
/** Storing takes another core and the disk: no more than a tenth of the time. */
const restsPerStoring = 10;

export class CheckpointPace {
  #last = performance.now();
  #storingMs = 0;
  #isStoring = false;
  #hasFailed = false;
  readonly #job: Pick<TrainingJob, 'saveCheckpoint' | 'checkpointEveryMs'>;
  readonly #tellFailure: (error: StudioError) => void;

  /** @param tellFailure called when one can't be stored where the one before could */
  constructor(
    job: Pick<TrainingJob, 'saveCheckpoint' | 'checkpointEveryMs'>,
    tellFailure: (error: StudioError) => void,
  ) {
    this.#job = job;
    this.#tellFailure = tellFailure;
  }

  /** @param write gives the checkpoint, where one is due */
  offer(write: () => ArrayBuffer) {
    const rest = Math.min(mostRestMs, Math.max(leastRestMs, restsPerStoring * this.#storingMs));
    const began = performance.now();
    if (this.#isStoring || began - this.#last < (this.#job.checkpointEveryMs ?? rest)) return;
    this.#last = began;
    this.#isStoring = true;
    void this.#job
      .saveCheckpoint(write())
      .then(
        () => {
          this.#hasFailed = false;
        },
        // A full disk must not end the run.
        (error: unknown) => {
          if (!this.#hasFailed) this.#tellFailure(reviveError(error));
          this.#hasFailed = true;
        },
      )
      .then(() => {
        this.#isStoring = false;
        this.#storingMs = performance.now() - began;
      });
  }
}
