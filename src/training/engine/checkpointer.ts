/**
 * A run's checkpoints in memory: the newest, and the one before while nobody knows whether the newest is any good.
 * Each is given to be stored, and its bytes are written into again when they come back.
 */
import type { SaveCheckpoint } from '../pipeline.ts';

interface Kept {
  /** Null while they are given away. */
  bytes: ArrayBuffer | null;
  /** Whether they came back, and are nobody else's. */
  isOurs: boolean;
  /** The epoch of the best weights in it. */
  bestEpoch: number;
}

/** Where the next checkpoint may be written. */
export interface Spare {
  bytes: ArrayBuffer;
  /** Null for bytes that hold no checkpoint yet. */
  bestEpoch: number | null;
}

/** Memory costs most when it is first touched: so much of it at a time. */
const touchedBytes = 2 ** 21;
/** What a run that dies may lose, in ms, where storing is quick, and where it isn't. */
const [leastRestMs, mostRestMs] = [3000, 10_000];
/** Another core, and the disk, are to be busy with storing for no more than a tenth of the time. */
const restsPerStoring = 10;

export class Checkpointer {
  #newest: Kept | null = null;
  #before: Kept | null = null;
  /** Whether a step from the newest's weights gave a finite loss. */
  #isProven = false;
  #saving: Promise<void> | null = null;
  readonly #fresh: ArrayBuffer[];
  #touched = 0;
  #storingMs = 0;
  readonly #save: SaveCheckpoint;

  /** @param size that checkpoints are likely to have, in bytes */
  constructor(save: SaveCheckpoint, size: number) {
    this.#save = save;
    this.#fresh = size > touchedBytes ? [new ArrayBuffer(size), new ArrayBuffer(size)] : [];
  }

  /** To be called between steps: makes memory ready for the first checkpoints, a piece at a time. */
  prepare() {
    const [first, second] = this.#fresh;
    if (!first || !second || this.#touched >= 2 * first.byteLength) return;
    const isSecond = this.#touched >= first.byteLength;
    const from = isSecond ? this.#touched - first.byteLength : this.#touched;
    const length = Math.min(touchedBytes, first.byteLength - from);
    new Uint8Array(isSecond ? second : first, from, length).fill(0);
    this.#touched += length;
  }

  get isSaving() {
    return this.#saving !== null;
  }

  /** From one checkpoint to the next, in ms. */
  get restMs(): number {
    return Math.min(mostRestMs, Math.max(leastRestMs, restsPerStoring * this.#storingMs));
  }

  /** Losses of steps since the last checkpoint were finite. */
  prove() {
    this.#isProven = true;
  }

  /** Not while one is being saved. @param write gives the checkpoint's bytes, in the spare ones where they fit */
  async take(write: (spare: Spare | null) => Promise<ArrayBuffer>, bestEpoch: number) {
    const [kept, replaced] = this.#isProven
      ? [this.#newest, this.#before]
      : [this.#before, this.#newest];
    this.#before = kept;
    this.#newest = null;
    const spare =
      replaced?.bytes && replaced.isOurs
        ? { bytes: replaced.bytes, bestEpoch: replaced.bestEpoch }
        : null;
    const fresh = spare ? undefined : this.#fresh.shift();
    const bytes = await write(spare ?? (fresh ? { bytes: fresh, bestEpoch: null } : null));
    const newest: Kept = { bytes, isOurs: false, bestEpoch };
    this.#newest = newest;
    this.#isProven = false;
    const began = performance.now();
    // A full disk must not end the run: that is told when its end can't be stored.
    this.#saving = this.#save(bytes)
      .then(
        (returned) => {
          if (returned?.of !== bytes) return; // another's
          newest.isOurs = true;
          newest.bytes = returned.bytes;
        },
        () => undefined,
      )
      .then(() => {
        this.#storingMs = performance.now() - began;
        if (newest.bytes?.byteLength === 0) newest.bytes = null; // given away for good
        this.#saving = null;
      });
  }

  /** From which a run can go on; null where there is none. */
  async lastGood(): Promise<ArrayBuffer | null> {
    await this.#saving;
    return (this.#isProven ? this.#newest?.bytes : null) ?? this.#before?.bytes ?? null;
  }
}
