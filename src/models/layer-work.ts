/** How much a network computes: what decides where that is worth its overhead, which its parameters alone don't say. */
import { sizeOf } from '../lib/shape.ts';
import { parametersOf } from './layer-parameters.ts';
import { layerShapes } from './layer-shapes.ts';
import type { LayerSpec, NetworkSpec } from './spec.ts';

/** Multiply-adds of one example's forward pass, by kernels; norms, activations and sums are small beside them. */
export function multiplyAdds(spec: NetworkSpec): number {
  return layerShapes(spec).reduce((sum, { inputs, output }, i) => {
    const layer = spec.layers[i];
    const [input = []] = inputs;
    return layer ? sum + ofLayer(layer, input, output) : sum;
  }, 0);
}

function ofLayer(layer: LayerSpec, input: readonly number[], output: readonly number[]): number {
  const kernels = parametersOf(layer, [[...input]])
    .filter(({ isKernel }) => isKernel)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  switch (layer.type) {
    case 'embedding': // looked up
    case 'position-embedding':
      return 0;
    case 'lstm':
    case 'gru':
      return kernels * (input[0] ?? 1);
    case 'attention': {
      const [steps = 1, width = 1] = input;
      return steps * (kernels + 2 * steps * width); // each step's shares of all others, and their mix
    }
    case 'transposed-convolution': // a kernel is laid over the output once a place of the input
      return kernels * sizeOf(input.slice(0, -1));
    default:
      return kernels * sizeOf(output.slice(0, -1));
  }
}
