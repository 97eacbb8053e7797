/**
 * A run's checkpoints in memory: the newest, and the one before while nobody knows whether the newest is any good.
 * Each is given to be stored, and its bytes are written into again when they come back. What can't be stored stays
 * here: a run that breaks off goes on from it nevertheless.
 */
import { reviveError, type StudioError } from '../../lib/errors.ts';
import { CheckpointNotStored } from '../checkpoint-not-stored.ts';
import type { SaveCheckpoint } from '../pipeline.ts';
import { yieldToMessages } from './yield.ts';

interface Kept {
  /** Empty while they are given away; null where they won't come back. */
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
/** A run that broke off waits no longer for bytes to come back: storage that never answers must not hold it. */
const mostWaitMs = 5000;

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
  readonly #tellFailure: (error: StudioError) => void;
  #hasFailed = false;

  /**
   * @param size that checkpoints are likely to have, in bytes
   * @param tellFailure called when one can't be stored where the one before could
   */
  constructor(
    save: SaveCheckpoint,
    size: number,
    tellFailure: (error: StudioError) => void = () => undefined,
  ) {
    this.#save = save;
    this.#tellFailure = tellFailure;
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
    const [kept, replaced] =
      this.#isProven && hasBytes(this.#newest)
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
    this.#saving = this.#save(bytes)
      .then(
        (returned) => {
          this.#hasFailed = false;
          if (returned?.of !== bytes) return; // another's
          Object.assign(newest, { bytes: returned.bytes, isOurs: true });
        },
        // A full disk must not end the run.
        (error: unknown) => {
          const isBack = error instanceof CheckpointNotStored && !hasBytes(newest);
          if (isBack) Object.assign(newest, { bytes: error.bytes, isOurs: true });
          if (!this.#hasFailed) this.#tellFailure(reviveError(error));
          this.#hasFailed = true;
        },
      )
      .then(() => {
        this.#storingMs = performance.now() - began;
        if (!hasBytes(newest)) newest.bytes = null; // given away for good
        this.#saving = null;
      });
  }

  /** From which a run can go on; null where there is none. */
  async lastGood(): Promise<ArrayBuffer | null> {
    const began = performance.now();
    // Not by a timer: a hidden page's are held back.
    while (this.isSaving && performance.now() - began < mostWaitMs) await yieldToMessages();
    const kept = this.#isProven && hasBytes(this.#newest) ? this.#newest : this.#before;
    return hasBytes(kept) ? kept.bytes : null;
  }
}

/** Whether they are here, and not with whoever stores them. */
function hasBytes(kept: Kept | null): kept is Kept & { bytes: ArrayBuffer } {
  return kept?.bytes != null && kept.bytes.byteLength > 0;
}
