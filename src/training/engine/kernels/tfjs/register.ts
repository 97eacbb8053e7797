/** Puts the training kernels in the place of tfjs's own on its wasm backend, for whatever model runs there. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelModule } from '../kernels.ts';
import { convolutionKernels } from './convolution.ts';
import { depthwiseKernels } from './depthwise.ts';
import { fusedKernels } from './fused/kernels.ts';
import type { TensorKernel } from './kernel.ts';
import { poolingKernels } from './pooling.ts';
import { productKernels } from './product.ts';
import { refusedKernels } from './refused.ts';
import { replaceKernels } from './replace.ts';
import { segmentKernels } from './segments.ts';
import { WasmTensorHeap } from './heap.ts';

const kernels: Record<string, TensorKernel> = {
  ...convolutionKernels,
  ...depthwiseKernels,
  ...poolingKernels,
  ...productKernels,
  ...segmentKernels,
  ...refusedKernels,
  ...fusedKernels,
};

let isDone = false;

/** Before the backend starts. Nothing happens where WebAssembly has no vectors. */
export function registerTensorKernels() {
  const module = kernelModule();
  if (isDone || !module) return;
  isDone = true;
  let heap: WasmTensorHeap | undefined;
  let heapOf: object | undefined;
  replaceKernels('wasm', kernels, {
    start(backend) {
      if (heapOf === backend) return;
      heap = new WasmTensorHeap(backend as BackendWasm, module); // these kernels are that backend's
      heapOf = backend;
    },
    run(_backend, call) {
      if (!heap) throw new Error('a kernel was called before its backend started');
      return call(heap);
    },
  });
}
