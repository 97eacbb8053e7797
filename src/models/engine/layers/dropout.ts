/** Sets a share of the features to 0 in training and scales the rest (Srivastava et al. 2014). */
import { mul, tensor2d } from '../tf.ts';
import type { Layer, LayerInput } from './layer.ts';

export function dropout({ rate }: { rate: number }, { width }: LayerInput): Layer {
  return {
    width,
    trainable: [],
    state: [],
    apply(x, { training, random }) {
      if (!training || rate === 0) return x;
      const [batch] = x.shape;
      const kept = 1 / (1 - rate);
      const mask = new Float32Array(batch * width);
      for (let i = 0; i < mask.length; i++) mask[i] = random.uniform() < rate ? 0 : kept;
      return mul(x, tensor2d(mask, [batch, width]));
    },
  };
}
