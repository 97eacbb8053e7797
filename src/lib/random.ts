/**
 * Seeded random numbers: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state.
 * The state can be saved and restored, so that a resumed run draws what it would have drawn.
 */
import { inRanges, type Parts } from './parts.ts';

export type RandomState = [number, number, number, number];

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** @param seed any finite number; @param stream separates independent uses of one seed, e.g. 'split'. */
  constructor(seed: number, stream = '') {
    let h = 0x811c9dc5 ^ Math.trunc(seed); // FNV-1a over the stream's name, started from the seed
    for (let i = 0; i < stream.length; i++) h = Math.imul(h ^ stream.charCodeAt(i), 0x01000193);
    this.#a = h | 0;
    this.#b = Math.trunc(seed / 2 ** 32) | 0;
    this.#c = Math.trunc(seed) | 0;
    this.#counter = 1;
    for (let i = 0; i < 15; i++) this.#next();
  }

  static restore([a, b, c, counter]: RandomState): Random {
    const random = new Random(0);
    random.#a = a;
    random.#b = b;
    random.#c = c;
    random.#counter = counter;
    return random;
  }

  save(): RandomState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  /** Uniform in [0, 1) with 32 bits. */
  uniform(): number {
    return this.#next() / 2 ** 32;
  }

  /** 32 random bits. */
  word(): number {
    return this.#next();
  }

  /** Uniform integer in [0, n). */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Fisher–Yates, in place. */
  shuffle<T extends { length: number; [i: number]: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = items[i] ?? 0;
      items[i] = items[j] ?? 0;
      items[j] = kept;
    }
    return items;
  }

  /** The same for millions of items while others want to be heard. */
  *shuffleInParts(items: Uint32Array): Parts<void> {
    const last = items.length - 1;
    yield* inRanges(Math.max(last, 0), (from, to) => {
      for (let i = last - from; i > last - to; i--) {
        const j = this.integer(i + 1);
        const kept = items[i] ?? 0;
        items[i] = items[j] ?? 0;
        items[j] = kept;
      }
    });
  }

  #next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }
}
