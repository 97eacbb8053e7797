/** A WebAssembly memory with the training kernels at work in it. */
import { kernelModule, type Kernels } from './kernels.ts';
import { PartedKernels } from './parts/parted-kernels.ts';
import { firstFreeByte, OutOfWorkspace, Workspace } from './workspace.ts';

/** Kernels may read a little beyond the end. */
const beyond = 64;
const pageBytes = 65_536;
const mostPages = 32_512; // 2 GB less 16 MB: addresses stay positive in 32 bits

/** The largest that a workspace gets. */
export const mostWorkspaceBytes = mostPages * pageBytes;

interface Instance {
  memory: WebAssembly.Memory;
  kernels: Kernels;
}

/** Null where WebAssembly has no vectors. */
function instantiate(maximum: number): Instance | null {
  const module = kernelModule();
  if (!module) return null;
  const memory = new WebAssembly.Memory({ initial: 1, maximum });
  const abort = () => {
    throw new Error('a training kernel gave up');
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  return { memory, kernels: exports as unknown as Kernels }; // the module is ours, built with these very exports
}

const pagesOf = (end: number) => Math.max(1, Math.ceil((end + beyond) / pageBytes));

export class WasmWorkspace extends Workspace {
  readonly kernels: Kernels;
  readonly #parted: PartedKernels;
  readonly #memory: WebAssembly.Memory;
  #floats: Float32Array;

  private constructor({ memory, kernels }: Instance, pieceOperations?: number) {
    super();
    this.#memory = memory;
    this.#parted = new PartedKernels(
      kernels,
      (place, count) => new Int32Array(memory.buffer, place, count),
      pieceOperations,
    );
    this.kernels = this.#parted.kernels;
    this.#floats = new Float32Array(memory.buffer);
  }

  /** Null where WebAssembly has no vectors. @param pieceOperations of a piece of `inParts`; absent: as usual */
  static start(pieceOperations?: number): WasmWorkspace | null {
    const instance = instantiate(mostPages);
    return instance && new WasmWorkspace(instance, pieceOperations);
  }

  override inParts(work: () => void): Generator<undefined, void, undefined> {
    return this.#parted.inParts(work);
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
    const pages = pagesOf(bytes);
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

let counting: Instance | null | undefined;

/** What a layout takes, without the memory: every place is the same one. Null where WebAssembly has no vectors. */
export function countWorkspace<T>(
  layOut: (workspace: Workspace) => T,
): { bytes: number; laid: T } | null {
  counting ??= instantiate(1);
  if (!counting) return null;
  const counter = new CountingWorkspace(counting);
  const laid = layOut(counter);
  return { bytes: pageBytes * pagesOf(counter.end), laid };
}

class CountingWorkspace extends Workspace {
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;

  constructor({ memory, kernels }: Instance) {
    super();
    this.#memory = memory;
    this.kernels = kernels;
  }

  /** Kernels tell the scratch that they need by these. */
  placeWords(at: number, words: readonly number[]) {
    new Int32Array(this.#memory.buffer).set(words, at / 4);
  }

  protected override placeOf(): number {
    return firstFreeByte;
  }

  protected grow() {
    // there is nothing to grow
  }
}
