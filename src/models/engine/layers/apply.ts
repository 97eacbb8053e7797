/** Which function computes which layer. */
import { reshape, type Tensor, type Variable } from '../tf.ts';
import type { LayerSpec } from '../../spec.ts';
import { activate } from '../activations.ts';
import { add, concat } from '../tf.ts';
import { applyAttention } from './attention.ts';
import {
  applyConvolution,
  applyDepthwiseConvolution,
  applyTransposedConvolution,
} from './convolution.ts';
import { applyDense } from './dense.ts';
import { applyDropout } from './dropout.ts';
import { applyEmbedding, applyPositionEmbedding } from './embedding.ts';
import { given, type LayerContext } from './layer.ts';
import { applyBatchNorm, applyLayerNorm } from './norms.ts';
import { applyGlobalPooling, applyPooling } from './pooling.ts';
import { applyRecurrent } from './recurrent.ts';

/** @param inputs [batch, …shape] each @returns [batch, …shape] */
export function applyLayer(
  layer: LayerSpec,
  inputs: readonly Tensor[],
  variables: readonly Variable[],
  context: LayerContext,
): Tensor {
  switch (layer.type) {
    case 'dense':
      return applyDense(layer, inputs, variables, context);
    case 'activation':
      return activate(layer.activation, given(inputs[0]));
    case 'dropout':
      return applyDropout(layer, inputs, variables, context);
    case 'batch-norm':
      return applyBatchNorm(layer, inputs, variables, context);
    case 'layer-norm':
      return applyLayerNorm(layer, inputs, variables, context);
    case 'flatten': {
      const x = given(inputs[0]);
      return reshape(x, [-1, ...context.outputShape]);
    }
    case 'convolution':
      return applyConvolution(layer, inputs, variables, context);
    case 'depthwise-convolution':
      return applyDepthwiseConvolution(layer, inputs, variables, context);
    case 'transposed-convolution':
      return applyTransposedConvolution(layer, inputs, variables, context);
    case 'max-pooling':
    case 'average-pooling':
      return applyPooling(layer, inputs, variables, context);
    case 'global-max-pooling':
    case 'global-average-pooling':
      return applyGlobalPooling(layer, inputs, variables, context);
    case 'embedding':
      return applyEmbedding(layer, inputs, variables, context);
    case 'position-embedding':
      return applyPositionEmbedding(layer, inputs, variables, context);
    case 'lstm':
    case 'gru':
      return applyRecurrent(layer, inputs, variables, context);
    case 'attention':
      return applyAttention(layer, inputs, variables, context);
    case 'add':
      return inputs.reduce((sum, x) => add(sum, x));
    case 'concatenate':
      return concat([...inputs], -1);
  }
}
