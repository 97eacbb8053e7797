/**
 * One memory in which all of a network's buffers lie, and the kernels at work in it. Buffers are laid out one after
 * the other and never moved. WebAssembly's: wasm-workspace.ts; a graphics processor's: webgpu/workspace.ts.
 */
import type { Kernels } from './kernels.ts';

/** Bytes at the start that stay free: 0 stands for "none". */
export const firstFreeByte = 64;

/** What a network needs doesn't fit; the caller takes another way. */
export class OutOfWorkspace extends Error {}

export abstract class Workspace {
  abstract readonly kernels: Kernels;
  #end = firstFreeByte;
  #scratchBytes = 0;
  #scratch = 0;
  /** Places that were given back, largest last. */
  readonly #free: { at: number; count: number }[] = [];

  /** Bytes that are laid out. */
  get end(): number {
    return this.#end;
  }

  /** @returns where room for so many floats begins, in bytes; 16-byte aligned. @throws OutOfWorkspace */
  reserve(count: number): number {
    const at = this.#end;
    this.#end += 16 * Math.ceil(count / 4);
    this.grow(this.#end);
    return this.placeOf(at);
  }

  /** As reserve, for a while. */
  borrow(count: number): number {
    const fitting = this.#free.findIndex((place) => place.count >= count);
    const [place] = fitting < 0 ? [] : this.#free.splice(fitting, 1);
    if (!place) return this.reserve(count);
    const used = 4 * Math.ceil(count / 4);
    if (place.count > used) this.giveBack(place.at + 4 * used, place.count - used);
    return place.at;
  }

  giveBack(at: number, count: number) {
    this.#free.push({ at, count: 4 * Math.floor(count / 4) });
    this.#free.sort((a, b) => a.count - b.count);
  }

  /** Room that every kernel may use while it runs, and none keeps. */
  needScratch(bytes: number) {
    this.#scratchBytes = Math.max(this.#scratchBytes, bytes);
  }

  /** After all is laid out. */
  placeScratch() {
    this.#scratch = this.reserve(Math.ceil(this.#scratchBytes / 4) + 16);
  }

  get scratch(): number {
    return this.#scratch;
  }

  /** Does what `work` does by kernels alone, which give nothing back, with breaks in between where it can. */
  *inParts(work: () => void): Generator<undefined, void, undefined> {
    work();
    yield;
  }

  /** Whole numbers that kernels read, such as windows; once, when all is laid out. */
  abstract placeWords(at: number, words: readonly number[]): void;

  /** Where it really lies; replaced where nothing does. */
  protected placeOf(at: number): number {
    return at;
  }

  /** Makes room for so many bytes. @throws OutOfWorkspace */
  protected abstract grow(bytes: number): void;
}
