/** Starts the WebAssembly module of the training kernels, in a memory of its own. Pointers are in bytes. */
import { relaxed, simd } from 'virtual:training-kernels';

/** What kernels/assembly/index.ts exports; see there for what each does. */
interface KernelExports {
  gemmScratch(m: number, n: number, k: number): number;
  gemm(
    a: number,
    rowsA: number,
    columnsA: number,
    b: number,
    rowsB: number,
    columnsB: number,
    c: number,
    m: number,
    n: number,
    k: number,
    accumulate: number,
    scratch: number,
  ): void;
  biasActivate(
    z: number,
    bias: number,
    y: number,
    rows: number,
    columns: number,
    kind: number,
  ): void;
  activationGradient(z: number, y: number, gradient: number, count: number, kind: number): void;
  multiply(a: number, b: number, count: number): void;
  categoricalLoss(
    logits: number,
    targets: number,
    weights: number,
    gradient: number,
    rows: number,
    classes: number,
    scale: number,
  ): number;
  binaryLoss: RowLoss;
  squaredLoss: RowLoss;
  columnSums(values: number, rows: number, columns: number, sums: number): void;
  regularise(gradient: number, weight: number, count: number, l2: number, l1: number): void;
  updateSgd(
    weight: number,
    gradient: number,
    velocity: number,
    count: number,
    rate: number,
    momentum: number,
    nesterov: number,
  ): void;
  updateAdam(
    weight: number,
    gradient: number,
    first: number,
    second: number,
    count: number,
    stepSize: number,
    correction: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    decay: number,
    shrink: number,
  ): void;
  updateRmsprop(
    weight: number,
    gradient: number,
    average: number,
    count: number,
    rate: number,
    decay: number,
    epsilon: number,
  ): void;
}

type RowLoss = (
  outputs: number,
  targets: number,
  weights: number,
  gradient: number,
  rows: number,
  scale: number,
) => number;

export interface Kernels extends KernelExports {
  /** The whole memory; place p in bytes is element p / 4. */
  floats: Float32Array;
}

/** The module's own tables lie below. */
export const firstFreeByte = 65_536;

/** Null where WebAssembly has no vectors. @param bytes of memory */
export function startKernels(bytes: number): Kernels | null {
  const module = moduleOf();
  if (!module) return null;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) });
  const abort = () => {
    throw new Error('a training kernel gave up');
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  // The module is ours, built with these very exports.
  return { ...(exports as unknown as KernelExports), floats: new Float32Array(memory.buffer) };
}

let compiled: WebAssembly.Module | null | undefined;

/** Relaxed SIMD where there is some: a multiply and an add in one. */
function moduleOf(): WebAssembly.Module | null {
  if (compiled !== undefined) return compiled;
  for (const code of [relaxed, simd]) {
    const bytes = Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0));
    if (WebAssembly.validate(bytes)) return (compiled = new WebAssembly.Module(bytes));
  }
  return (compiled = null);
}
