/** Which plan is which layer's. */
import type { LayerSpec } from '../../../../models/spec.ts';
import { planActivation } from '../activation/plan.ts';
import { planAttention } from '../attention/plan.ts';
import { planConvolution, planTransposedConvolution } from '../convolution/plan.ts';
import { planAdd, planAlias, planConcatenate } from '../copy/plan.ts';
import { planDense } from '../dense/plan.ts';
import { planDepthwise } from '../depthwise/plan.ts';
import { planDropout } from '../dropout/plan.ts';
import { planEmbedding, planPositionEmbedding } from '../embedding/plan.ts';
import { planBatchNorm, planLayerNorm } from '../norm/plan.ts';
import { planGlobalPooling, planPooling } from '../pooling/plan.ts';
import { planRecurrent } from '../recurrent/plan.ts';
import type { Workspace } from '../workspace.ts';
import type { LayerCalls, LayerJob } from './layer-plan.ts';

export function planLayer(layer: LayerSpec, job: LayerJob, workspace: Workspace): LayerCalls {
  switch (layer.type) {
    case 'dense':
      return planDense(layer, job, workspace);
    case 'activation':
      return (layer.activation === 'linear' ? planAlias : planActivation)(layer, job, workspace);
    case 'dropout':
      return planDropout(layer, job, workspace);
    case 'batch-norm':
      return planBatchNorm(layer, job, workspace);
    case 'layer-norm':
      return planLayerNorm(layer, job, workspace);
    case 'flatten':
      return planAlias(layer, job, workspace);
    case 'convolution':
      return planConvolution(layer, job, workspace);
    case 'depthwise-convolution':
      return planDepthwise(layer, job, workspace);
    case 'transposed-convolution':
      return planTransposedConvolution(layer, job, workspace);
    case 'max-pooling':
    case 'average-pooling':
      return planPooling(layer, job, workspace);
    case 'global-max-pooling':
    case 'global-average-pooling':
      return planGlobalPooling(layer, job, workspace);
    case 'embedding':
      return planEmbedding(layer, job, workspace);
    case 'position-embedding':
      return planPositionEmbedding(layer, job, workspace);
    case 'lstm':
    case 'gru':
      return planRecurrent(layer, job, workspace);
    case 'attention':
      return planAttention(layer, job, workspace);
    case 'add':
      return planAdd(layer, job, workspace);
    case 'concatenate':
      return planConcatenate(layer, job, workspace);
  }
}
