/** Work of which only the latest counts: a new one gives up the one before, and waits until it is gone. */
import { StudioError } from '../../src/lib/errors.ts';

export class LatestOnly {
  #controller = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  /** @throws StudioError `cancelled` where it was given up */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#abort();
    const { signal } = (this.#controller = new AbortController());
    const mine = this.#running.then(() => {
      signal.throwIfAborted();
      return work(signal);
    });
    this.#running = mine.catch(() => undefined);
    return mine;
  }

  /** Resolves when nothing is left of it. */
  async cancel(): Promise<void> {
    this.#abort();
    await this.#running;
  }

  #abort() {
    this.#controller.abort(new StudioError('cancelled', 'Another one was asked for'));
  }
}
