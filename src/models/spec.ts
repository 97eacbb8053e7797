/** A network as plain data: stored, shown, edited and built into a model by engine/. */
export const activations = [
  'linear',
  'relu',
  'leaky-relu',
  'elu',
  'gelu',
  'silu',
  'sigmoid',
  'tanh',
  'softplus',
] as const;
export type Activation = (typeof activations)[number];

export const initializers = ['glorot-uniform', 'he-normal', 'zeros'] as const;
export type Initializer = (typeof initializers)[number];

export type LayerSpec =
  | {
      type: 'dense';
      units: number;
      activation: Activation;
      useBias?: boolean;
      initializer?: Initializer;
    }
  | { type: 'dropout'; rate: number }
  | { type: 'batch-norm' }
  | { type: 'layer-norm' };

export interface NetworkSpec {
  /** Shape of one example, without the batch. */
  inputShape: number[];
  /**
   * The last one is dense and linear. It gives the number, a logit a class, or for two classes the second's
   * alone: the loss and the link follow from the target.
   */
  layers: LayerSpec[];
}

export interface TensorInfo {
  name: string;
  shape: number[];
}

/** Weights as one float32 little-endian buffer, tensor after tensor. */
export interface PackedWeights {
  tensors: TensorInfo[];
  bytes: ArrayBuffer;
}
