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

export const paddings = ['same', 'valid'] as const;
export type Padding = (typeof paddings)[number];

/** What layers with a kernel have in common. */
export interface KernelOptions {
  activation: Activation;
  useBias?: boolean;
  initializer?: Initializer;
}

/** A window that moves over [height, width], or over [steps]: one number a dimension. */
interface WindowOptions {
  size: number[];
  /** 1 a dimension unless told; a pool's are its size. */
  strides?: number[];
  /** `valid` unless told. */
  padding?: Padding;
}

/** Shapes are of one example. Images are [height, width, channels], sequences [steps, features]. */
export type LayerKind =
  /** Over the last dimension. */
  | ({ type: 'dense'; units: number } & KernelOptions)
  | { type: 'activation'; activation: Activation }
  | { type: 'dropout'; rate: number }
  /** Over the last dimension: of the batch and all places, or of each place alone. */
  | { type: 'batch-norm' }
  | { type: 'layer-norm' }
  | { type: 'flatten' }
  /** `size` has one number for sequences, two for images. */
  | ({ type: 'convolution'; filters: number } & WindowOptions & KernelOptions)
  /** Each channel by a kernel of its own. */
  | ({ type: 'depthwise-convolution' } & WindowOptions & KernelOptions)
  | ({ type: 'transposed-convolution'; filters: number } & WindowOptions & KernelOptions)
  | ({ type: 'max-pooling' } & WindowOptions)
  /** Padding doesn't count. */
  | ({ type: 'average-pooling' } & WindowOptions)
  /** Over all places, or over the steps that aren't padding. */
  | { type: 'global-max-pooling' }
  | { type: 'global-average-pooling' }
  /** Numbers of tokens [steps] to vectors [steps, units]. With a mask, 0 is padding, which later layers leave out. */
  | { type: 'embedding'; tokens: number; units: number; hasMask?: boolean }
  /** Adds a learned vector to each step. */
  | { type: 'position-embedding' }
  /** Of [steps, features]; the last step's output alone unless `returnsSequence`. Both ways: outputs side by side. */
  | { type: 'lstm' | 'gru'; units: number; returnsSequence?: boolean; isBidirectional?: boolean }
  /** Self-attention of several heads, with dense layers before and after; `isCausal`: of earlier steps alone. */
  | { type: 'attention'; heads: number; isCausal?: boolean }
  /** Of several inputs. */
  | { type: 'add' }
  /** Of several inputs, along the last dimension. */
  | { type: 'concatenate' };

/** `from`: the layers whose outputs it takes, by their places in the list; −1 is the network's input. Absent: the layer before. */
export type LayerSpec = LayerKind & { from?: number[] };

export type LayerOf<Type extends LayerKind['type']> = Extract<LayerKind, { type: Type }>;

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
