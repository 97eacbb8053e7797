/** Gradients held to a limit, by tfjs and without a number read back. */
import {
  addN,
  clipByValue,
  minimum,
  mul,
  scalar,
  sqrt,
  square,
  sum,
  div,
  type Scalar,
  type Tensor,
} from '../../models/engine/tf.ts';
import type { ClippingSpec } from '../run.ts';

export function clipGradients(
  gradients: readonly Tensor[],
  { type, limit }: ClippingSpec,
): Tensor[] {
  if (type === 'value') return gradients.map((gradient) => clipByValue(gradient, -limit, limit));
  // No gradient at all: limit / 0 is infinite, and 1 the smaller.
  const factor = minimum(scalar(1), div(scalar(limit), sqrt(sumOfSquares(gradients))));
  return gradients.map((gradient) => mul(gradient, factor));
}

export function sumOfSquares(gradients: readonly Tensor[]): Scalar {
  return addN(gradients.map((gradient): Scalar => sum(square(gradient))));
}
