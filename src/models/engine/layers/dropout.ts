/** Sets a share of the features to 0 in training and scales the rest (Srivastava et al. 2014). */
import { dropoutMask } from '../../dropout-mask.ts';
import type { LayerOf } from '../../spec.ts';
import { fusedDropout } from '../fused/dropout.ts';
import { isFused } from '../fused/fused.ts';
import { mul, tensor } from '../tf.ts';
import { given, type ApplyLayer } from './layer.ts';

export const applyDropout: ApplyLayer<LayerOf<'dropout'>> = (
  { rate },
  [input],
  _variables,
  { training, key, place, firstRow },
) => {
  const x = given(input);
  if (!training || rate === 0) return x;
  const from = firstRow * (x.size / Math.max(1, x.shape[0]));
  // Numbers are drawn in pairs.
  if (isFused('GlasshouseDropout') && from % 2 === 0)
    return fusedDropout(x, { key, place, rate, from });
  const mask = dropoutMask(key, place, rate, x.size, from);
  return mul(x, tensor(mask, x.shape));
};
