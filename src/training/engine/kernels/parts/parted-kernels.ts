/**
 * The work of kernels a piece at a time, so that a run can be held within a step that takes long: calls are noted,
 * then made one after the other, the large ones cut (cuts.ts). The result is the same to the last bit.
 */
import { windowParts } from '../convolution/window-parts.ts';
import type { Kernels } from '../kernels.ts';
import { cutCall, prepared, type Call } from './cuts.ts';

/** Floating-point operations of a piece: some 20 ms on a desktop's core, 100 ms on a slow phone's. */
const usualOperations = 5e8;

/** Any of them, called with what was noted. */
type Kernel = (...values: readonly number[]) => unknown;

export class PartedKernels {
  /** To be called as the exports are; while they are noted, nothing is computed. */
  readonly kernels: Kernels;
  readonly #exports: Kernels;
  readonly #noting: Kernels;
  readonly #wordsAt: (place: number, count: number) => Int32Array;
  readonly #most: number;
  #noted: Call[] = [];

  /** @param wordsAt so many int32 that lie at a place in bytes @param most operations of a piece */
  constructor(
    exports: Kernels,
    wordsAt: (place: number, count: number) => Int32Array,
    most = usualOperations,
  ) {
    const names = Object.keys(exports) as (keyof Kernels)[]; // it has no others
    const noting = names.map((name) => [
      name,
      (...values: number[]) => {
        this.#noted.push(...prepared({ name, values }, most));
        return 0; // nobody asks for what it gives
      },
    ]);
    this.kernels = { ...exports };
    this.#exports = exports;
    this.#noting = Object.fromEntries(noting) as Kernels; // by these names
    this.#wordsAt = wordsAt;
    this.#most = most;
  }

  /** Does what `work` does by kernels alone, which give nothing back, with a break after each piece. */
  *inParts(work: () => void): Generator<undefined, void, undefined> {
    const windowAt = (place: number) => this.#wordsAt(place, windowParts.length);
    for (const call of this.#note(work))
      for (const piece of cutCall(call, windowAt, this.#most)) {
        (this.#exports[piece.name] as Kernel)(...piece.values);
        yield;
      }
  }

  #note(work: () => void): Call[] {
    Object.assign(this.kernels, this.#noting);
    try {
      work();
      return this.#noted;
    } finally {
      Object.assign(this.kernels, this.#exports);
      this.#noted = [];
    }
  }
}
