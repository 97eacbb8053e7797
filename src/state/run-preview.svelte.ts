/** What the next run would take, asked again as its settings change, a moment after the last change. */
import type { EstimateOptions, RunEstimate } from '../training/preflight.ts';
import type { NetworkConfig } from '../training/run.ts';

const settledMs = 400;

type Ask = (config: NetworkConfig, options?: EstimateOptions) => Promise<RunEstimate | null>;

export class RunPreview {
  #estimate = $state.raw<RunEstimate | null>(null);
  #isMeasuring = $state(false);
  #asked = 0;
  #watched: NetworkConfig | null = null;
  readonly #ask: Ask;

  constructor(ask: Ask) {
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
    this.#watched = config;
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

  /**
   * Of the settings that are watched, as if nothing had been measured on this device before. Where that fails, the
   * figures of before stay. @throws StudioError, but for settings that are no more wanted
   */
  async measureAgain(): Promise<void> {
    if (this.#isMeasuring || !this.#watched) return;
    const mine = this.#asked;
    this.#isMeasuring = true;
    try {
      const estimate = await this.#ask(this.#watched, { remeasure: true });
      if (mine === this.#asked) this.#estimate = estimate;
    } catch (error) {
      if (mine === this.#asked) throw error;
    } finally {
      if (mine === this.#asked) this.#isMeasuring = false;
    }
  }

  async #measure(config: NetworkConfig, mine: number) {
    // An estimate is a service: what is wrong with the settings is said elsewhere, and by the run itself.
    const estimate = await this.#ask(config).catch(() => null);
    if (mine !== this.#asked) return;
    this.#estimate = estimate;
    this.#isMeasuring = false;
  }
}
