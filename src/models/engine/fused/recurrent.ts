/** A whole sequence through an LSTM or a GRU in one kernel each way. Formulas: layers/recurrent.ts. */
import { fuse, runFused } from './fused.ts';
import type { Tensor } from '../tf.ts';

export interface RecurrentOptions {
  type: 'lstm' | 'gru';
  units: number;
  returnsSequence: boolean;
  isBackward: boolean;
}

/**
 * @param x [batch, steps, width]
 * @param weights kernel, recurrent kernel, bias and, for a GRU, the recurrent bias
 * @param mask [batch, steps], 1 at steps and 0 at padding; null where all count
 * @returns [batch, steps, units] or [batch, units]
 */
export function fusedRecurrent(
  x: Tensor,
  weights: readonly Tensor[],
  mask: Tensor | null,
  options: RecurrentOptions,
): Tensor {
  const [kernel, recurrent, bias, recurrentBias] = weights;
  const count = 1 + weights.length;
  const masks = mask ? [mask] : [];
  return fuse(
    [x, ...weights],
    () => [
      ...runFused(
        'GlasshouseRecurrent',
        { x, kernel, recurrent, bias, recurrentBias, mask },
        { ...options },
      ),
      ...masks,
    ],
    (dy, saved) => {
      const [, keptKernel, keptRecurrent] = saved;
      const [swapped, gates, hidden, extra, keptMask] = saved.slice(count);
      return runFused(
        'GlasshouseRecurrentGradient',
        {
          ...{ dy, swapped, gates, hidden, extra },
          ...{ kernel: keptKernel, recurrent: keptRecurrent, mask: keptMask },
        },
        { ...options },
      );
    },
  );
}
