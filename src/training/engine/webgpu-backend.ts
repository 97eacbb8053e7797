/** tfjs's WebGPU backend, with kernels of ours in it. */
import '@tensorflow/tfjs-backend-webgpu';
import { registerGpuKernels } from './kernels/webgpu/register.ts';

export const prepareWebGpu = registerGpuKernels;
