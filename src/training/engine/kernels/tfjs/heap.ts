/** Tensors of a tfjs backend as the training kernels see them: places in one memory. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { StudioError } from '../../../../lib/errors.ts';
import type { Conv2DInfo, TensorInfo } from '../../../../models/engine/tf.ts';
import type { Kernels } from '../kernels.ts';

export interface TensorHeap {
  readonly kernels: Kernels;
  /** Where a tensor begins, in bytes. */
  at(tensor: TensorInfo): number;
  /** A new tensor whose numbers are still to be written. */
  output(shape: readonly number[], dtype?: 'float32' | 'int32'): TensorInfo;
  dispose(tensor: TensorInfo): void;
  /** Room that every kernel may use while it runs, and none keeps. */
  scratch(bytes: number): number;
  /** A window as the kernels read it, until the next is placed. */
  window(info: Conv2DInfo, channels?: number): number;
  /** Makes the scalar `sum` what a kernel gives. */
  keepSum(sum: TensorInfo, kernel: () => number): void;
  /** Of how many products a call may be made of that multiplies several pairs of matrices. */
  readonly mostProducts: number;
}

/** In the kernels' order (convolution/window-parts.ts). */
export function partsOfWindow(info: Conv2DInfo, channels: number): number[] {
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  return [
    ...[inHeight, inWidth, channels, outHeight, outWidth, filterHeight, filterWidth],
    ...[strideHeight, strideWidth, padInfo.top, padInfo.left],
  ];
}

/**
 * Of tfjs's wasm backend: tensors are read and written where they lie. The module has neither data nor a stack of its
 * own, so that it may share another's memory.
 */
export class WasmTensorHeap implements TensorHeap {
  readonly kernels: Kernels;
  readonly mostProducts = Infinity;
  readonly #backend: BackendWasm;
  readonly #module: EmscriptenModule;
  readonly #window: number;
  #scratch = 0;
  #scratchBytes = 0;

  constructor(backend: BackendWasm, module: WebAssembly.Module) {
    this.#backend = backend;
    this.#module = backend.wasm as unknown as EmscriptenModule; // whose types tfjs doesn't bring
    const abort = () => {
      throw new Error('a training kernel gave up');
    };
    const env = { memory: memoryOf(this.#module), abort };
    const { exports } = new WebAssembly.Instance(module, { env });
    this.kernels = exports as unknown as Kernels; // the module is ours, built with these very exports
    this.#window = this.#allocate(64);
  }

  at({ dataId }: TensorInfo): number {
    return this.#backend.getMemoryOffset(dataId);
  }

  output(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): TensorInfo {
    return this.#backend.makeOutput([...shape], dtype);
  }

  dispose({ dataId }: TensorInfo) {
    this.#backend.disposeData(dataId);
  }

  keepSum(sum: TensorInfo, kernel: () => number) {
    const value = kernel();
    this.#backend.typedArrayFromHeap(sum)[0] = value;
  }

  /** Kept for the next kernel. */
  scratch(bytes: number): number {
    if (bytes > this.#scratchBytes) {
      if (this.#scratch !== 0) this.#module._free(this.#scratch);
      this.#scratch = 0;
      this.#scratchBytes = 0;
      this.#scratch = this.#allocate(bytes);
      this.#scratchBytes = bytes;
    }
    return this.#scratch;
  }

  window(info: Conv2DInfo, channels = info.inChannels): number {
    const parts = partsOfWindow(info, channels);
    new Int32Array(this.#module.HEAPU8.buffer, this.#window, parts.length).set(parts);
    return this.#window;
  }

  #allocate(bytes: number): number {
    const at = this.#module._malloc(bytes) >>> 0;
    if (at !== 0) return at;
    throw new StudioError('out-of-memory', `tfjs's memory has no room for ${bytes} bytes more`);
  }
}

interface EmscriptenModule {
  /** Another one after the memory has grown. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
  asm?: { memory?: unknown };
}

/** tfjs doesn't name it; Emscripten keeps it among the module's exports. */
function memoryOf({ asm }: EmscriptenModule): WebAssembly.Memory {
  if (asm?.memory instanceof WebAssembly.Memory) return asm.memory;
  throw new Error("the memory of tfjs's wasm backend isn't where it was");
}
