/** Batch norm (Ioffe and Szegedy 2015) and layer norm (Ba, Kiros and Hinton 2016), over the last dimension. */
import { batchNormEpsilon, batchNormMomentum, layerNormEpsilon } from '../../norms.ts';
import { isFused } from '../fused/fused.ts';
import { fusedBatchNorm, fusedLayerNorm } from '../fused/norms.ts';
import { add, mean, mul, reshape, rsqrt, scalar, square, sub, tidy } from '../tf.ts';
import type { Tensor, Tensor2D, Variable } from '../tf.ts';
import { given, type ApplyLayer } from './layer.ts';

/** Over the batch and all places; by moving averages when it isn't training. */
export const applyBatchNorm: ApplyLayer<unknown> = (_spec, [input], variables, { training }) => {
  const [gamma, beta, movingMean, movingVariance] = [0, 1, 2, 3].map((i) => given(variables[i]));
  const x = given(input);
  const scaled = (centred: Tensor, variance: Tensor) =>
    add(
      mul(mul(centred, rsqrt(add(variance, scalar(batchNormEpsilon)))), given(gamma)),
      given(beta),
    );
  if (!training) return scaled(sub(x, given(movingMean)), given(movingVariance));
  if (isFused('GlasshouseBatchNorm'))
    return fusedBatchNorm(
      ...([x, given(gamma), given(beta)] as const),
      { mean: given(movingMean), variance: given(movingVariance) },
      { epsilon: batchNormEpsilon, momentum: batchNormMomentum },
      (after) => {
        movingMean?.assign(after.mean);
        movingVariance?.assign(after.variance);
      },
    );
  const width = x.shape.at(-1) ?? 1;
  const flat: Tensor2D = reshape(x, [-1, width]);
  const centre = mean(flat, 0, true);
  const centred = sub(flat, centre);
  const spread = mean(square(centred), 0, true);
  if (x.size > 0) {
    // no rows have no mean
    follow(given(movingMean), centre);
    follow(given(movingVariance), spread);
  }
  return reshape(scaled(centred, spread), x.shape);
};

function follow(average: Variable, value: Tensor) {
  const next = tidy(() =>
    add(
      mul(average, scalar(batchNormMomentum)),
      mul(reshape(value, average.shape), scalar(1 - batchNormMomentum)),
    ),
  );
  average.assign(next);
  next.dispose();
}

export const applyLayerNorm: ApplyLayer<unknown> = (_spec, [input], [gamma, beta]) => {
  const x = given(input);
  if (isFused('GlasshouseLayerNorm'))
    return fusedLayerNorm(x, given(gamma), given(beta), layerNormEpsilon);
  const centred = sub(x, mean(x, -1, true));
  const spread = mean(square(centred), -1, true);
  return add(
    mul(mul(centred, rsqrt(add(spread, scalar(layerNormEpsilon)))), given(gamma)),
    given(beta),
  );
};
