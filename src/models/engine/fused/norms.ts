/** Batch norm and layer norm in one kernel each way. Formulas: layers/norms.ts. */
import { fuse, part, runFused } from './fused.ts';
import type { Tensor } from '../tf.ts';

/** Over the last dimension of x. */
export function fusedLayerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  return fuse(
    [x, gamma, beta],
    () => runFused('GlasshouseLayerNorm', { x, gamma, beta }, { epsilon }),
    (dy, [input, scale, , centre, spread]) =>
      runFused('GlasshouseLayerNormGradient', { x: input, gamma: scale, centre, spread, dy }),
  );
}

interface MovingAverages {
  mean: Tensor;
  variance: Tensor;
}

/** By the batch's own mean and variance. @param follow is given the moving averages as they are after it */
export function fusedBatchNorm(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  { mean, variance }: MovingAverages,
  options: { epsilon: number; momentum: number },
  follow: (after: MovingAverages) => void,
): Tensor {
  return fuse(
    [x, gamma, beta],
    () => {
      const outputs = runFused('GlasshouseBatchNorm', { x, gamma, beta, mean, variance }, options);
      follow({ mean: part(outputs, 3), variance: part(outputs, 4) });
      return outputs.slice(0, 3);
    },
    (dy, [input, scale, , centre, spread]) =>
      runFused('GlasshouseBatchNormGradient', { x: input, gamma: scale, centre, spread, dy }),
  );
}
