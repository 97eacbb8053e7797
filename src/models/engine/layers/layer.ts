/** What a layer computes, by tfjs operations that every backend has: the reference of the training kernels. */
import type { Random } from '../../../lib/random.ts';
import type { Tensor, Variable } from '../tf.ts';

export interface ForwardContext {
  training: boolean;
  /** Draws the keys of dropout masks; its state is part of a checkpoint. */
  random: Random;
  /** The place in the whole batch of the first row, where the batch is computed in parts. */
  firstRow?: number;
}

export interface LayerContext {
  training: boolean;
  /** Of this pass's dropout masks. */
  key: number;
  firstRow: number;
  /** Its place in the network. */
  place: number;
  /** Of one example, one an input. */
  inputShapes: number[][];
  outputShape: number[];
  /** 1 at steps, 0 at padding, [batch, steps]; null where all steps count. */
  mask: Tensor | null;
}

/** @param inputs [batch, …shape] each; @param variables in the order of layer-parameters.ts */
export type ApplyLayer<Spec> = (
  spec: Spec,
  inputs: readonly Tensor[],
  variables: readonly Variable[],
  context: LayerContext,
) => Tensor;

/** The parts that a layer can't do without. @throws Error if they aren't there */
export function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a layer was given too little');
  return value;
}
