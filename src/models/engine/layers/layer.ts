/** What a layer kind gives (one file each beside this one). */
import type { Random } from '../../../lib/random.ts';
import type { Tensor2D, Variable } from '../tf.ts';

export interface ForwardContext {
  training: boolean;
  /** Draws dropout masks; its state is part of a checkpoint. */
  random: Random;
}

export interface Layer {
  /** Features that come out. */
  width: number;
  /** What training adjusts. Kernels alone are regularised. */
  trainable: { variable: Variable; isKernel: boolean }[];
  /** What training only keeps, such as moving averages. */
  state: Variable[];
  /** @param x [batch, width in] */
  apply(x: Tensor2D, context: ForwardContext): Tensor2D; // [batch, width]
}

export interface LayerInput {
  name: string;
  width: number;
  /** For initial weights: the same on every backend. */
  random: Random;
}
