/** Normalises each feature over the batch, and by moving averages afterwards (Ioffe and Szegedy 2015). */
import { add, mean, mul, reshape, rsqrt, scalar, square, sub, tidy } from '../tf.ts';
import type { Tensor2D, Variable } from '../tf.ts';
import { variableOf } from '../initial-values.ts';
import type { Layer, LayerInput } from './layer.ts';

const epsilon = 1e-3;
const momentum = 0.9;

export function batchNorm(_spec: unknown, { name, width }: LayerInput): Layer {
  const filled = (value: number, part: string, isTrainable = true) =>
    variableOf(new Float32Array(width).fill(value), [width], `${name}/${part}`, isTrainable);
  const gamma = filled(1, 'gamma');
  const beta = filled(0, 'beta');
  const movingMean = filled(0, 'moving-mean', false);
  const movingVariance = filled(1, 'moving-variance', false);
  const follow = (average: Variable, value: Tensor2D) => {
    const next = tidy(() =>
      add(mul(average, scalar(momentum)), mul(reshape(value, [width]), scalar(1 - momentum))),
    );
    average.assign(next);
    next.dispose();
  };
  return {
    width,
    trainable: [
      { variable: gamma, isKernel: false },
      { variable: beta, isKernel: false },
    ],
    state: [movingMean, movingVariance],
    apply(x, { training }) {
      if (!training)
        return add(
          mul(mul(sub(x, movingMean), rsqrt(add(movingVariance, scalar(epsilon)))), gamma),
          beta,
        );
      const centre = mean(x, 0, true);
      const centred: Tensor2D = sub(x, centre);
      const spread: Tensor2D = mean(square(centred), 0, true);
      follow(movingMean, centre as Tensor2D); // keepDims keeps the rank
      follow(movingVariance, spread);
      return add(mul(mul(centred, rsqrt(add(spread, scalar(epsilon)))), gamma), beta);
    },
  };
}
