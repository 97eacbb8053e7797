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
  addBiasRectify: {
    parameters: ['x', 'bias', 'rows', 'columns'],
    places: ['x', 'bias'],
    passes: [
      each(
        'add bias, rectify',
        ['rows', 'columns'],
        'let z = heap[p.x + i] + heap[p.bias + i % p.columns]; heap[p.x + i] = activated(z, 1);',
        activationCode,
      ),
    ],
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
