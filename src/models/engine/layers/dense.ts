/** y = activation(x W + b) */
import type { LayerSpec } from '../../spec.ts';
import { activate } from '../activations.ts';
import { add, matMul, type Tensor2D } from '../tf.ts';
import { initialValues, variableOf } from '../initial-values.ts';
import type { Layer, LayerInput } from './layer.ts';

export function dense(
  spec: Extract<LayerSpec, { type: 'dense' }>,
  { name, width, random }: LayerInput,
): Layer {
  const initializer =
    spec.initializer ?? (isRectifier(spec.activation) ? 'he-normal' : 'glorot-uniform');
  const values = initialValues(initializer, width, spec.units, random);
  const kernel = variableOf(values, [width, spec.units], `${name}/kernel`);
  const bias =
    spec.useBias === false
      ? null
      : variableOf(new Float32Array(spec.units), [spec.units], `${name}/bias`);
  return {
    width: spec.units,
    trainable: [
      { variable: kernel, isKernel: true },
      ...(bias ? [{ variable: bias, isKernel: false }] : []),
    ],
    state: [],
    apply(x) {
      const product: Tensor2D = matMul(x, kernel as unknown as Tensor2D); // a rank-2 variable
      return activate(spec.activation, bias ? add(product, bias) : product);
    },
  };
}

function isRectifier(activation: string): boolean {
  return ['relu', 'leaky-relu', 'elu', 'gelu', 'silu'].includes(activation);
}
