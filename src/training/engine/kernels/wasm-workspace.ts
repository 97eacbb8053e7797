/** A WebAssembly memory with the training kernels at work in it. */
import { kernelModule, type Kernels } from './kernels.ts';
import { OutOfWorkspace, Workspace } from './workspace.ts';

const pageBytes = 65_536;
const mostPages = 32_512; // 2 GB less 16 MB: addresses stay positive in 32 bits

export class WasmWorkspace extends Workspace {
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  #floats: Float32Array;

  private constructor(module: WebAssembly.Module) {
    super();
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages });
    const abort = () => {
      throw new Error('a training kernel gave up');
    };
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory, abort } });
    this.kernels = exports as unknown as Kernels; // the module is ours, built with these very exports
    this.#floats = new Float32Array(this.#memory.buffer);
  }

  /** Null where WebAssembly has no vectors. */
  static start(): WasmWorkspace | null {
    const module = kernelModule();
    return module && new WasmWorkspace(module);
  }

  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The whole memory; place p in bytes is element p / 4. Not to be kept over a call that lays out. */
  get floats(): Float32Array {
    return this.#floats;
  }

  placeWords(at: number, words: readonly number[]) {
    new Int32Array(this.#memory.buffer).set(words, at / 4);
  }

  protected grow(bytes: number) {
    const pages = Math.ceil((bytes + 64) / pageBytes); // kernels may read a little beyond
    const missing = pages - this.#memory.buffer.byteLength / pageBytes;
    if (missing <= 0) return;
    if (pages > mostPages) throw new OutOfWorkspace(`${bytes} bytes are too many`);
    try {
      this.#memory.grow(missing);
    } catch (error) {
      throw new OutOfWorkspace(`no room for ${bytes} bytes`, { cause: error });
    }
    this.#floats = new Float32Array(this.#memory.buffer);
  }
}
