/**
 * Gives tfjs's WebGPU backend the operations that tfjs has no name for: whole sequences, attention, norms, losses … in
 * a few dispatches each, where they would be composed of hundreds. Its own kernels are right there, and stay.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { registerKernel } from '../../../../models/engine/tf.ts';
import { fusedKernels } from '../tfjs/fused/kernels.ts';
import { GpuTensorHeap } from './tensor-heap.ts';

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
  for (const [kernelName, kernel] of Object.entries(fusedKernels))
    registerKernel({
      kernelName,
      backendName: 'webgpu',
      kernelFunc({ inputs, attrs, backend }) {
        const output = heapOf(backend).run((heap) => kernel(inputs, attrs ?? {}, heap));
        if (output) return output;
        throw new Error(`${kernelName} doesn't take these tensors`);
      },
    });
}
