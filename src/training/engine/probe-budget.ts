/**
 * How long the probes of one run measure: 300 ms in all, of backends and of workers together. Starting and loading,
 * and the first step of each (which compiles), aren't counted, unless it is all that is measured: what takes longer
 * than its share is measured by one step.
 */
export const probedMs = 300;

export class ProbeBudget {
  #spentMs = 0;

  get spentMs(): number {
    return this.#spentMs;
  }

  get leftMs(): number {
    return Math.max(0, probedMs - this.#spentMs);
  }

  spend(ms: number) {
    this.#spentMs += ms;
  }
}
