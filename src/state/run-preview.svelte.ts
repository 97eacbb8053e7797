/** What the next run would take, asked again as its settings change, a moment after the last change. */
import type { RunEstimate } from '../training/preflight.ts';
import type { NetworkConfig } from '../training/run.ts';

const settledMs = 400;

export class RunPreview {
  #estimate = $state.raw<RunEstimate | null>(null);
  #isMeasuring = $state(false);
  #asked = 0;
  readonly #ask: (config: NetworkConfig) => Promise<RunEstimate | null>;

  constructor(ask: (config: NetworkConfig) => Promise<RunEstimate | null>) {
    this.#ask = ask;
  }

  /** Null before it is known, and where it can't be. */
  get estimate() {
    return this.#estimate;
  }
  get isMeasuring() {
    return this.#isMeasuring;
  }

  /** Of these settings; the figures of others stay until theirs are there. @returns to call when they are no more wanted */
  watch(config: NetworkConfig): () => void {
    const mine = ++this.#asked;
    if (config.solver !== 'gradient-descent') {
      this.#estimate = null;
      return () => undefined;
    }
    const timer = setTimeout(() => void this.#measure(config, mine), settledMs);
    this.#isMeasuring = true;
    return () => {
      clearTimeout(timer);
      if (mine === this.#asked) this.#asked++;
      this.#isMeasuring = false;
    };
  }

  async #measure(config: NetworkConfig, mine: number) {
    // An estimate is a service: what is wrong with the settings is said elsewhere, and by the run itself.
    const estimate = await this.#ask(config).catch(() => null);
    if (mine !== this.#asked) return;
    this.#estimate = estimate;
    this.#isMeasuring = false;
  }
}
