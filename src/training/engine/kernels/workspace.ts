/** A memory with the training kernels at work in it. Buffers are laid out one after the other and never moved. */
import { kernelModule, type Kernels } from './kernels.ts';

/** Bytes at the start that stay free: 0 stands for "none". */
const firstFreeByte = 64;
/** Kernels may read a little beyond the end. */
const beyond = 64;
const pageBytes = 65_536;
const mostPages = 32_512; // 2 GB less 16 MB: addresses stay positive in 32 bits

/** What a network needs doesn't fit; the caller takes another way. */
export class OutOfWorkspace extends Error {}

/** The largest that a workspace gets. */
export const mostWorkspaceBytes = mostPages * pageBytes;

export class Workspace {
  static #counter: Workspace | undefined;
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  readonly #isCounted: boolean;
  #floats: Float32Array;
  #words: Int32Array;
  #end = firstFreeByte;
  #scratchBytes = 0;
  #scratch = 0;
  /** Places that were given back, largest last. */
  readonly #free: { at: number; count: number }[] = [];

  private constructor(module: WebAssembly.Module, isCounted: boolean) {
    this.#isCounted = isCounted;
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: isCounted ? 1 : mostPages });
    const abort = () => {
      throw new Error('a training kernel gave up');
    };
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory, abort } });
    this.kernels = exports as unknown as Kernels; // the module is ours, built with these very exports
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#words = new Int32Array(this.#memory.buffer);
  }

  /** Null where WebAssembly has no vectors. */
  static start(): Workspace | null {
    const module = kernelModule();
    return module && new Workspace(module, false);
  }

  /** What a layout takes, without the memory: every place is the same one. Null as above. */
  static count<T>(layOut: (workspace: Workspace) => T): { bytes: number; laid: T } | null {
    const module = kernelModule();
    if (!module) return null;
    const counter = (Workspace.#counter ??= new Workspace(module, true));
    counter.#end = firstFreeByte;
    counter.#scratchBytes = 0;
    counter.#free.length = 0;
    const laid = layOut(counter);
    return { bytes: counter.bytes, laid };
  }

  get bytes(): number {
    return pageBytes * Math.max(1, Math.ceil((this.#end + beyond) / pageBytes));
  }

  /** The whole memory; place p in bytes is element p / 4. Not to be kept over a call that lays out. */
  get floats(): Float32Array {
    return this.#floats;
  }

  get words(): Int32Array {
    return this.#words;
  }

  /** @returns where room for so many floats begins, in bytes; 16-byte aligned. @throws OutOfWorkspace */
  reserve(count: number): number {
    const at = this.#isCounted ? firstFreeByte : this.#end;
    this.#end += 16 * Math.ceil(count / 4);
    if (!this.#isCounted) this.#grow();
    return at;
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

  #grow() {
    const pages = Math.ceil((this.#end + beyond) / pageBytes);
    const missing = pages - this.#memory.buffer.byteLength / pageBytes;
    if (missing <= 0) return;
    if (pages > mostPages) throw new OutOfWorkspace(`${this.#end} bytes are too many`);
    try {
      this.#memory.grow(missing);
    } catch (error) {
      throw new OutOfWorkspace(`no room for ${this.#end} bytes`, { cause: error });
    }
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#words = new Int32Array(this.#memory.buffer);
  }
}
