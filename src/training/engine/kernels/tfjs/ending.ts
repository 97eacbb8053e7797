/** What tfjs's fused operations do after their product: a bias, and an activation. */
import { sizeOf } from '../../../../lib/shape.ts';
import { activations, type Activation } from '../../../../models/spec.ts';
import type { TensorInfo } from '../../../../models/engine/tf.ts';
import type { TensorHeap } from './heap.ts';

/** Of tfjs's names those whose formulas are ours too. */
const sameActivations: Partial<Record<string, Activation>> = {
  linear: 'linear',
  relu: 'relu',
  elu: 'elu',
  sigmoid: 'sigmoid',
};

export interface Ending {
  activation: string;
  bias: TensorInfo | undefined;
  /** Columns of the product. */
  columns: number;
}

export function hasEnding({ activation, bias, columns }: Ending): boolean {
  const isColumns = !bias || (bias.shape.length === 1 && bias.shape[0] === columns);
  return activation in sameActivations && isColumns;
}

/** In place. */
export function end(heap: TensorHeap, product: TensorInfo, { activation, bias, columns }: Ending) {
  const { kernels } = heap;
  const size = sizeOf(product.shape);
  const at = heap.at(product);
  const kind = activations.indexOf(sameActivations[activation] ?? 'linear');
  if (size === 0) return;
  kernels.addBiasActivate(at, bias ? heap.at(bias) : 0, at, size / columns, columns, kind);
}
