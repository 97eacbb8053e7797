/** Normalises each example over its features (Ba, Kiros and Hinton 2016). */
import { add, mean, mul, rsqrt, scalar, square, sub } from '../tf.ts';
import { variableOf } from '../initial-values.ts';
import type { Layer, LayerInput } from './layer.ts';

const epsilon = 1e-5;

export function layerNorm(_spec: unknown, { name, width }: LayerInput): Layer {
  const filled = (value: number, part: string, isTrainable = true) =>
    variableOf(new Float32Array(width).fill(value), [width], `${name}/${part}`, isTrainable);
  const gamma = filled(1, 'gamma');
  const beta = filled(0, 'beta');
  return {
    width,
    trainable: [
      { variable: gamma, isKernel: false },
      { variable: beta, isKernel: false },
    ],
    state: [],
    apply(x) {
      const centred = sub(x, mean(x, 1, true));
      const spread = mean(square(centred), 1, true);
      return add(mul(mul(centred, rsqrt(add(spread, scalar(epsilon)))), gamma), beta);
    },
  };
}
