/**
 * Puts the training kernels in the place of tfjs's own on its wasm backend, for whatever model runs there. What a
 * kernel here doesn't take goes to the one that was there before.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  getKernel,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
} from '../../../../models/engine/tf.ts';
import { kernelModule } from '../kernels.ts';
import { convolutionKernels } from './convolution.ts';
import { depthwiseKernels } from './depthwise.ts';
import { fusedKernels } from './fused/kernels.ts';
import type { WasmKernel } from './kernel.ts';
import { poolingKernels } from './pooling.ts';
import { productKernels } from './product.ts';
import { refusedKernels } from './refused.ts';
import { segmentKernels } from './segments.ts';
import { WasmTensorHeap } from './heap.ts';

const kernels: Record<string, WasmKernel> = {
  ...convolutionKernels,
  ...depthwiseKernels,
  ...poolingKernels,
  ...productKernels,
  ...segmentKernels,
  ...refusedKernels,
  ...fusedKernels,
};

const backendName = 'wasm';
let isDone = false;

/** After tfjs has registered its kernels, before the backend starts. Nothing happens where WebAssembly has no vectors. */
export function registerTensorKernels() {
  const module = kernelModule();
  if (isDone || !module) return;
  isDone = true;
  let heap: WasmTensorHeap | undefined;
  let heapOf: object | undefined;
  // Called for each kernel when a backend starts, and again when another one does.
  const start = (backend: object) => {
    if (heapOf === backend) return;
    heap = new WasmTensorHeap(backend as BackendWasm, module); // these kernels are that backend's
    heapOf = backend;
  };
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    // Typed as if every name had one.
    const before = getKernel(kernelName, backendName) as KernelConfig | undefined;
    if (before) unregisterKernel(kernelName, backendName);
    registerKernel({
      ...before,
      kernelName,
      backendName,
      setupFunc(backend) {
        before?.setupFunc?.(backend);
        start(backend);
      },
      kernelFunc(call) {
        if (!heap) throw new Error(`${kernelName} was called before its backend started`);
        const output = kernel(call.inputs, call.attrs ?? {}, heap) ?? before?.kernelFunc(call);
        if (output) return output;
        throw new Error(`${kernelName}: tfjs's wasm backend doesn't take these tensors`);
      },
    });
  }
}
