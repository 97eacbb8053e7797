/** y = activation(x W + b), over the last dimension. */
import type { LayerOf } from '../../spec.ts';
import { biasActivation } from '../fused/bias-activation.ts';
import { matMul, reshape, type Tensor, type Tensor2D } from '../tf.ts';
import { given, type ApplyLayer } from './layer.ts';

export const applyDense: ApplyLayer<LayerOf<'dense'>> = (spec, [input], [kernel, bias]) =>
  biasActivation(project(given(input), given(kernel)), bias, spec.activation);

/** x [..., width] · W [width, units] */
export function project(x: Tensor, kernel: Tensor): Tensor {
  const [width = 1, units = 1] = kernel.shape;
  const flat: Tensor2D = reshape(x, [-1, width]);
  const product = matMul(flat, kernel as Tensor2D); // a rank-2 variable
  return reshape(product, [...x.shape.slice(0, -1), units]);
}
