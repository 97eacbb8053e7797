/** Vectors learned for tokens and for places. */
import { fusedEmbedding } from '../fused/embedding.ts';
import { isFused } from '../fused/fused.ts';
import { add, cast, gather, notEqual, reshape, scalar, type Tensor, type Tensor1D } from '../tf.ts';
import { given, type ApplyLayer } from './layer.ts';

export const applyEmbedding: ApplyLayer<unknown> = (_spec, [input], [kernel]) => {
  const tokens = given(input);
  if (isFused('GlasshouseEmbedding')) return fusedEmbedding(tokens, given(kernel));
  const flat: Tensor1D = reshape(cast(tokens, 'int32'), [-1]);
  const table = given(kernel);
  return reshape(gather(table, flat), [...tokens.shape, table.shape[1] ?? 1]);
};

/** 1 at steps, 0 at padding. */
export function maskOf(tokens: Tensor): Tensor {
  return cast(notEqual(tokens, scalar(0)), 'float32');
}

export const applyPositionEmbedding: ApplyLayer<unknown> = (_spec, [input], [kernel]) =>
  add(given(input), given(kernel));
