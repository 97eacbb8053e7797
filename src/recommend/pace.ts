/** When long work should let its worker hear others: not after every step, which would cost more than the step. */

/** Milliseconds of work between two breaths; the contract is 50 at most. */
const span = 20;

export class Pace<Progress> {
  readonly #breathe: (progress: Progress) => Promise<void>;
  #last = performance.now();

  constructor(breathe: (progress: Progress) => Promise<void>) {
    this.#breathe = breathe;
  }

  /** Cheap, but not free: ask after some thousand operations. */
  isDue(): boolean {
    return performance.now() - this.#last > span;
  }

  async breathe(progress: Progress): Promise<void> {
    await this.#breathe(progress);
    this.#last = performance.now();
  }

  /** Does all parts. @param progress before the first of them */
  async drive<T>(work: Generator<unknown, T, undefined>, progress: Progress): Promise<T> {
    for (;;) {
      const part = work.next();
      if (part.done) return part.value;
      if (this.isDue()) await this.breathe(progress);
    }
  }
}
