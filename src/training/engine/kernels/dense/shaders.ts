/** Dense layers on WebGPU: a product takes its bias and activation along (webgpu/merge.ts). */
import type { Shaders } from '../webgpu/shader.ts';

export const denseShaders = {
  dense: {
    parameters: ['x', 'kernel', 'bias', 'z', 'y', 'rows', 'units', 'width', 'kind'],
    places: ['x', 'kernel', 'bias', 'z', 'y'],
    instead([x = 0, kernel = 0, bias = 0, z = 0, y = 0, ...sizes], { kernels }) {
      const [rows = 0, units = 0, width = 0, kind = 0] = sizes;
      kernels.gemm(x, width, 1, kernel, units, 1, z, units, rows, units, width, 0, 0);
      if (bias !== 0 || kind !== 0) kernels.addBiasActivate(z, bias, y, rows, units, kind);
      return true;
    },
    passes: [],
  },
  denseKernelGradient: {
    parameters: ['x', 'slope', 'kernelGradient', 'rows', 'units', 'width', 'inputs'],
    places: ['x', 'slope', 'kernelGradient'],
    instead([x = 0, slope = 0, kernelGradient = 0, ...sizes], { kernels }) {
      const [rows = 0, units = 0, width = 0, inputs = 0] = sizes;
      kernels.gemm(
        ...([x, 1, width, slope, units, 1, kernelGradient, units] as const),
        ...([inputs, units, rows, 0, 0] as const),
      );
      return true;
    },
    passes: [],
  },
} satisfies Shaders;
