/** tfjs's WebGPU backend, with the operations of ours that it has no name for. */
import '@tensorflow/tfjs-backend-webgpu';
import { registerGpuKernels } from './kernels/webgpu/register.ts';

export const prepareWebGpu = registerGpuKernels;
