/** Owns one worker: starts it on first use, ends it on abort, and turns its failures into StudioErrors. */
import { wrap, type Remote } from 'comlink';
import { reviveError, StudioError } from '../lib/errors.ts';

export class WorkerClient<Api> {
  readonly #start: () => Worker;
  #worker: Worker | undefined;
  #api: Remote<Api> | undefined;
  #failures = new Set<(error: StudioError) => void>();
  #isClosed = false;

  constructor(start: () => Worker) {
    this.#start = start;
  }

  /** @throws StudioError `cancelled` on abort: the worker is ended, so that no step outlives its call. */
  async call<Result>(
    use: (api: Remote<Api>) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    if (this.#isClosed || signal?.aborted) throw cancelled();
    let reject: (error: StudioError) => void = () => {};
    const failure = new Promise<never>((_, fail) => (reject = fail));
    const onAbort = () => this.#end(cancelled());
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#failures.add(reject);
    try {
      return await Promise.race([use(this.#running()), failure]);
    } catch (error) {
      throw reviveError(error);
    } finally {
      this.#failures.delete(reject);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /**
   * As `call`, but the worker lives on: on abort it is told to `stop` this one.
   * @throws StudioError `cancelled` on abort, at once
   */
  async callStoppable<Result>(
    use: (api: Remote<Api>) => Promise<Result>,
    stop: (api: Remote<Api>) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<Result> {
    if (signal?.aborted) throw cancelled();
    let onAbort = () => {};
    const aborted = new Promise<never>((_, fail) => (onAbort = () => fail(cancelled())));
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([aborted, this.call(use)]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (signal?.aborted) void this.call(stop).catch(() => undefined);
    }
  }

  /** Ends the worker; calls in flight fail with `cancelled`. The next call starts a new one. */
  end() {
    this.#end(cancelled());
  }

  /** As `end`, for good: a screen that is still going away starts no worker again. */
  close() {
    this.#isClosed = true;
    this.end();
  }

  #running(): Remote<Api> {
    if (!this.#api) {
      const worker = this.#start();
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        this.#end(
          new StudioError('internal', event.message || 'A worker of the studio failed to start'),
        );
      });
      this.#worker = worker;
      this.#api = wrap<Api>(worker);
    }
    return this.#api;
  }

  #end(reason: StudioError) {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#api = undefined;
    for (const fail of this.#failures) fail(reason);
  }
}

function cancelled() {
  return new StudioError('cancelled', 'Stopped');
}
