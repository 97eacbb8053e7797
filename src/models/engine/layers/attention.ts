/** Multi-head self-attention (Vaswani et al. 2017): softmax(Q Kᵀ / √d) V, heads side by side. */
import type { LayerOf } from '../../spec.ts';
import {
  add,
  expandDims,
  matMul,
  mul,
  reshape,
  scalar,
  slice,
  softmax,
  sub,
  tensor2d,
  transpose,
  type Tensor,
  type Tensor4D,
} from '../tf.ts';
import { biasActivation } from '../fused/bias-activation.ts';
import { fusedAttention } from '../fused/attention.ts';
import { isFused } from '../fused/fused.ts';
import { project } from './dense.ts';
import { given, type ApplyLayer } from './layer.ts';

/** What is added where a step may not look: far below any score, finite so that a row of padding alone is no NaN. */
const hidden = -1e9;

export const applyAttention: ApplyLayer<LayerOf<'attention'>> = (
  { heads, isCausal },
  [input],
  [kernel, bias, outputKernel, outputBias],
  { mask },
) => {
  const x = given(input);
  const all = biasActivation(project(x, given(kernel)), given(bias), 'linear'); // [batch, steps, 3 · width]
  const mixed = isFused('GlasshouseAttention')
    ? fusedAttention(all, mask, { heads, isCausal: isCausal === true })
    : attend(all, heads, isCausal === true, mask);
  return biasActivation(project(mixed, given(outputKernel)), given(outputBias), 'linear');
};

/** @param all [batch, steps, 3 · width]: queries, keys and values side by side @returns [batch, steps, width] */
function attend(all: Tensor, heads: number, isCausal: boolean, mask: Tensor | null): Tensor {
  const [batch = 0, steps = 0, wide = 0] = all.shape;
  const width = wide / 3;
  const depth = width / heads;
  const part = (i: number): Tensor4D => {
    const one = slice(all, [0, 0, i * width], [batch, steps, width]);
    return transpose(reshape(one, [batch, steps, heads, depth]), [0, 2, 1, 3]);
  };
  let scores: Tensor = mul(matMul(part(0), part(1), false, true), scalar(1 / Math.sqrt(depth))); // [batch, heads, steps, steps]
  if (isCausal) scores = add(scores, later(steps));
  if (mask) {
    const isPadding = sub(scalar(1), mask);
    scores = add(scores, mul(expandDims(expandDims(isPadding, 1), 1), scalar(hidden)));
  }
  const mixed = matMul(softmax(scores), part(2)); // [batch, heads, steps, depth]
  return reshape(transpose(mixed, [0, 2, 1, 3]), [batch, steps, width]);
}

function later(steps: number): Tensor {
  const values = Float32Array.from({ length: steps * steps }, (_, i) =>
    i % steps > Math.floor(i / steps) ? hidden : 0,
  );
  return tensor2d(values, [steps, steps]);
}
