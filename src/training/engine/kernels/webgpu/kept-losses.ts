/** Losses that steps leave on the device until they are asked for: no step waits for one. */
import type { GpuWorkspace } from './workspace.ts';

/** How many are kept at most before they are put aside; a step may have more. */
const usual = 1024;

export class KeptLosses {
  readonly #workspace: GpuWorkspace;
  readonly #at: number;
  readonly #most: number;
  #used = 0;
  #aside: Promise<Float32Array>[] = [];

  /** While the workspace is laid out. @param ofStep most losses of one step */
  constructor(workspace: GpuWorkspace, ofStep: number) {
    this.#workspace = workspace;
    this.#most = Math.max(usual, ofStep);
    this.#at = workspace.reserve(this.#most);
  }

  /** The next step leaves so many. */
  expect(count: number) {
    if (this.#used + count > this.#most) {
      const put = this.#read();
      put.catch(() => undefined); // told when losses are asked for
      this.#aside.push(put);
    }
    this.#workspace.nextLoss = this.#at + 4 * this.#used;
    this.#used += count;
  }

  /** All since they were last asked for, in order. @throws StudioError `device-lost` */
  async take(): Promise<Float32Array> {
    const all = [...this.#aside, this.#read()];
    this.#aside = [];
    const parts = await Promise.all(all);
    const losses = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let from = 0;
    for (const part of parts) {
      losses.set(part, from);
      from += part.length;
    }
    return losses;
  }

  async #read(): Promise<Float32Array> {
    const count = this.#used;
    this.#used = 0;
    if (count === 0) return new Float32Array(0);
    const [losses] = await this.#workspace.read([{ at: this.#at, count }]);
    return losses ?? new Float32Array(0);
  }
}
