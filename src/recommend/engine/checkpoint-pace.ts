/** When a recommender's run stores where it stands: at the ends of epochs, every few seconds, one at a time. */
import type { SaveCheckpoint } from '../../training/pipeline.ts';

/** What a run that dies may lose beside its epoch, in ms, where storing is quick, and where it isn't. */
const [leastRestMs, mostRestMs] = [3000, 10_000];
/** Storing takes another core and the disk: no more than a tenth of the time. */
const restsPerStoring = 10;

export class CheckpointPace {
  #last = performance.now();
  #storingMs = 0;
  #isStoring = false;
  readonly #save: SaveCheckpoint;
  readonly #everyMs: number | undefined;

  /** @param everyMs absent: as it goes */
  constructor(save: SaveCheckpoint, everyMs?: number) {
    this.#save = save;
    this.#everyMs = everyMs;
  }

  /** @param write gives the checkpoint, where one is due */
  offer(write: () => ArrayBuffer) {
    const rest = Math.min(mostRestMs, Math.max(leastRestMs, restsPerStoring * this.#storingMs));
    const began = performance.now();
    if (this.#isStoring || began - this.#last < (this.#everyMs ?? rest)) return;
    this.#last = began;
    this.#isStoring = true;
    // A full disk must not end the run: that is told when its end can't be stored.
    void this.#save(write())
      .catch(() => undefined)
      .then(() => {
        this.#isStoring = false;
        this.#storingMs = performance.now() - began;
      });
  }
}
