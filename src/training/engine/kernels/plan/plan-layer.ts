/** Which plan is which layer's. A kind that has none makes its network go through tfjs. */
import type { LayerKind, LayerOf, LayerSpec } from '../../../../models/spec.ts';
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
import { NoPlan, type LayerCalls, type LayerJob, type PlanLayer } from './layer-plan.ts';

export type LayerPlanners = {
  readonly [Type in LayerKind['type']]?: PlanLayer<LayerOf<Type>>;
};

export const layerPlanners: LayerPlanners = {
  dense: planDense,
  activation: (layer, job, workspace) =>
    (layer.activation === 'linear' ? planAlias : planActivation)(layer, job, workspace),
  dropout: planDropout,
  'batch-norm': planBatchNorm,
  'layer-norm': planLayerNorm,
  flatten: planAlias,
  convolution: planConvolution,
  'depthwise-convolution': planDepthwise,
  'transposed-convolution': planTransposedConvolution,
  'max-pooling': planPooling,
  'average-pooling': planPooling,
  'global-max-pooling': planGlobalPooling,
  'global-average-pooling': planGlobalPooling,
  embedding: planEmbedding,
  'position-embedding': planPositionEmbedding,
  lstm: planRecurrent,
  gru: planRecurrent,
  attention: planAttention,
  add: planAdd,
  concatenate: planConcatenate,
};

/** @throws NoPlan */
export function planLayer(
  planners: LayerPlanners,
  layer: LayerSpec,
  job: LayerJob,
  workspace: Workspace,
): LayerCalls {
  const plan = planners[layer.type] as PlanLayer<LayerSpec> | undefined; // each key's is of its own kind
  if (!plan) throw new NoPlan(`there are no kernels for layers of the kind ${layer.type}`);
  return plan(layer, job, workspace);
}
