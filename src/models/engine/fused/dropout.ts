/** Dropout's mask drawn where it is used. Which numbers it keeps: models/dropout-mask.ts. */
import { mul, type Tensor } from '../tf.ts';
import { fuse, part, runFused } from './fused.ts';

/** @param key of this step; place: of the layer in the network; from: of the first number in the whole mask, even */
export function fusedDropout(
  x: Tensor,
  options: { key: number; place: number; rate: number; from?: number },
): Tensor {
  return fuse(
    [x],
    () => runFused('GlasshouseDropout', { x }, options),
    (dy, saved) => [mul(dy, part(saved, 1))],
  );
}
