/**
 * Puts the training kernels in the place of those of tfjs's WebGPU backend, for whatever model runs there, and adds the
 * operations that tfjs has no name for: whole sequences, attention, norms, losses …
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { convolutionKernels } from '../tfjs/convolution.ts';
import { depthwiseKernels } from '../tfjs/depthwise.ts';
import { fusedKernels } from '../tfjs/fused/kernels.ts';
import { poolingKernels } from '../tfjs/pooling.ts';
import { productKernels } from '../tfjs/product.ts';
import { replaceKernels } from '../tfjs/replace.ts';
import { GpuTensorHeap } from './tensor-heap.ts';

const kernels = {
  ...convolutionKernels,
  ...depthwiseKernels,
  ...poolingKernels,
  ...productKernels,
  ...fusedKernels,
};

const heaps = new WeakMap<object, GpuTensorHeap>();

function heapOf(backend: object): GpuTensorHeap {
  const known = heaps.get(backend);
  if (known) return known;
  const heap = new GpuTensorHeap(backend as WebGPUBackend); // these kernels are that backend's
  heaps.set(backend, heap);
  return heap;
}

let isDone = false;

/** Before the backend starts. */
export function registerGpuKernels() {
  if (isDone) return;
  isDone = true;
  replaceKernels('webgpu', kernels, { run: (backend, call) => heapOf(backend).run(call) });
}
