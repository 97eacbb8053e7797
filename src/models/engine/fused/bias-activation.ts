/** activation(z + bias) in one kernel each way: what follows the product of a dense layer or a convolution. */
import type { Activation } from '../../spec.ts';
import { activate } from '../activations.ts';
import { add, type Tensor } from '../tf.ts';
import { fuse, isFused, runFused } from './fused.ts';

/** @param z [..., columns]; @param bias [columns] */
export function biasActivation(
  z: Tensor,
  bias: Tensor | undefined,
  activation: Activation,
): Tensor {
  if (!isFused('GlasshouseBiasActivation')) return activate(activation, bias ? add(z, bias) : z);
  if (!bias && activation === 'linear') return z;
  const hasBias = bias !== undefined;
  const inputs = bias ? [z, bias] : [z];
  return fuse(
    inputs,
    () => {
      const outputs = runFused('GlasshouseBiasActivation', { z, bias }, { activation });
      const [y] = outputs;
      return y ? [y, ...outputs] : [];
    },
    (dy, saved) => {
      const [y, sum] = saved.slice(inputs.length);
      return runFused('GlasshouseBiasActivationGradient', { y, sum, dy }, { activation, hasBias });
    },
  );
}
