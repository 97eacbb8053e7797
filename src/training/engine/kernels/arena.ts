/** Lays buffers out one after the other, before the memory that holds them is there. */
import { firstFreeByte } from './kernels.ts';

export class Arena {
  #end = firstFreeByte;

  /** Bytes that the memory must have. */
  get bytes(): number {
    return this.#end;
  }

  /** @returns where room for so many floats begins, in bytes; 16-byte aligned */
  floats(count: number): number {
    const at = this.#end;
    this.#end += 16 * Math.ceil(count / 4);
    return at;
  }
}
