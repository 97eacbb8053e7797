/** Long work that comes in parts, with breaks in which its worker hears others. */

/** Milliseconds of work between two breaks; the contract is 50 at most, and a part takes some time itself. */
const span = 20;

export class Breaks {
  readonly #breathe: () => Promise<void>;
  #last = performance.now();

  /** @param breathe throws to stop */
  constructor(breathe: () => Promise<void>) {
    this.#breathe = breathe;
  }

  /** Does all parts. @param note hears of each what it hands over */
  async drive<T, Part>(
    work: Generator<Part, T, undefined>,
    note?: (part: Part) => void,
  ): Promise<T> {
    for (;;) {
      const part = work.next();
      if (part.done) return part.value;
      note?.(part.value);
      if (performance.now() - this.#last > span) await this.take();
    }
  }

  /** A break now, however short the work since the last. */
  async take(): Promise<void> {
    await this.#breathe();
    this.#last = performance.now();
  }
}
