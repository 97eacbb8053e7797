/** Biases and activations on WebGPU, where no product takes them along (ending.ts). */
import { each, type Shaders } from '../webgpu/shader.ts';
import { activationCode } from './ending.ts';

export const activationShaders = {
  addBias: {
    parameters: ['x', 'bias', 'rows', 'columns'],
    places: ['x', 'bias'],
    passes: [
      each('add bias', ['rows', 'columns'], 'heap[p.x + i] += heap[p.bias + i % p.columns];'),
    ],
  },
  addBiasActivate: {
    parameters: ['z', 'bias', 'y', 'rows', 'columns', 'kind'],
    places: ['z', 'bias', 'y'],
    passes: [
      each(
        'add bias, activate',
        ['rows', 'columns'],
        `var z = heap[p.z + i];
    if (p.bias != 0) { z += heap[p.bias + i % p.columns]; }
    if (p.y != p.z) { heap[p.z + i] = z; }
    heap[p.y + i] = activated(z, p.kind);`,
        activationCode,
      ),
    ],
  },
  biasActivationGradient: {
    parameters: ['z', 'y', 'gradient', 'biasGradient', 'rows', 'columns', 'kind'],
    places: ['z', 'y', 'gradient', 'biasGradient'],
    instead([z = 0, y = 0, gradient = 0, biasGradient = 0, ...sizes], { kernels }) {
      const [rows = 0, columns = 0, kind = 0] = sizes;
      if (kind !== 0) kernels.activationGradient(z, y, gradient, rows * columns, kind);
      kernels.columnSums(gradient, rows, columns, biasGradient);
      return true;
    },
    passes: [],
  },
  activate: {
    parameters: ['z', 'y', 'count', 'kind'],
    places: ['z', 'y'],
    passes: [
      each(
        'activate',
        ['count'],
        'heap[p.y + i] = activated(heap[p.z + i], p.kind);',
        activationCode,
      ),
    ],
  },
  activationGradient: {
    parameters: ['z', 'y', 'gradient', 'count', 'kind'],
    places: ['z', 'y', 'gradient'],
    passes: [
      each(
        'activation gradient',
        ['count'],
        'heap[p.gradient + i] *= slopeOf(heap[p.z + i], heap[p.y + i], p.kind);',
        activationCode,
      ),
    ],
  },
} satisfies Shaders;
