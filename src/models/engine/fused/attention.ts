/** Scores, shares and mixtures of all heads in one kernel each way. Formulas: layers/attention.ts. */
import { fuse, runFused } from './fused.ts';
import type { Tensor } from '../tf.ts';

/**
 * softmax(Q Kᵀ / √depth) V of each head
 * @param all [batch, steps, 3 · width]: queries, keys and values side by side
 * @param mask [batch, steps], 1 at steps and 0 at padding; null where all count
 * @returns [batch, steps, width]
 */
export function fusedAttention(
  all: Tensor,
  mask: Tensor | null,
  options: { heads: number; isCausal: boolean },
): Tensor {
  const { heads } = options;
  return fuse(
    [all],
    () => runFused('GlasshouseAttention', { all, mask }, options),
    (dy, [parts, shares]) =>
      runFused('GlasshouseAttentionGradient', { all: parts, shares, dy }, { heads }),
  );
}
