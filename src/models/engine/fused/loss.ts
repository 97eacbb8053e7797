/** Σ weight · loss of a row, with its gradient, in one kernel. Formulas: training/engine/objective.ts. */
import { mul, zerosLike, type Tensor } from '../tf.ts';
import { fuse, part, runFused } from './fused.ts';

/** categorical: softmax cross-entropy of logits; binary: cross-entropy of one logit; squared: of one number. */
export type FusedLoss = 'categorical' | 'binary' | 'squared';

/** @param outputs [batch, outputs]; @param targets as wide; @param weights [batch, 1] */
export function fusedLoss(
  type: FusedLoss,
  outputs: Tensor,
  targets: Tensor,
  weights: Tensor,
): Tensor {
  return fuse(
    [outputs, targets, weights],
    () => runFused('GlasshouseLoss', { outputs, targets, weights }, { type }),
    (dy, saved) => [mul(dy, part(saved, 3)), zerosLike(targets), zerosLike(weights)], // targets and weights are data
  );
}
