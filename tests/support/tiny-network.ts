/** Small networks with data, to compare gradients and backends on. */
import { Random } from '../../src/lib/random.ts';
import { activations, type LayerSpec, type NetworkSpec } from '../../src/models/spec.ts';
import type { TrainingRows } from '../../src/training/engine/batches.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { ClippingSpec, OptimizerSpec, NetworkConfig } from '../../src/training/run.ts';

const rows = 12;
const width = 5;

export interface Case {
  name: string;
  /** Five numbers unless told. */
  inputShape?: number[];
  /** The features are tokens' numbers below this. */
  tokens?: number;
  /** The share of the features that are 0. */
  zeros?: number;
  layers: LayerSpec[];
  /** 1 for a number, 2 for a logit, more for a logit a class. */
  outputs: number;
  weighted?: boolean;
  optimizer?: OptimizerSpec;
  clipping?: ClippingSpec;
  l1?: number;
  l2?: number;
}

const hidden = (activation: (typeof activations)[number]): LayerSpec => ({
  type: 'dense',
  units: 6,
  activation,
});

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.01 };

const image = [6, 5, 3];
const sequence = [4, 3];
const flatten: LayerSpec = { type: 'flatten' };
const embedded = (hasMask: boolean): LayerSpec => ({
  type: 'embedding',
  tokens: 7,
  units: 4,
  hasMask,
});
const tanh = { activation: 'tanh' } as const;

/** Layers of images, sequences and tokens, and graphs of layers. */
const structured: Case[] = [
  {
    name: 'convolution',
    inputShape: image,
    layers: [{ type: 'convolution', filters: 4, size: [3, 3], padding: 'same', ...tanh }, flatten],
    outputs: 3,
  },
  {
    name: 'strided convolutions',
    inputShape: image,
    layers: [
      { type: 'convolution', filters: 5, size: [3, 2], padding: 'same', strides: [2, 1], ...tanh },
      { type: 'convolution', filters: 2, size: [2, 3], strides: [1, 2], ...tanh },
      flatten,
    ],
    outputs: 3,
  },
  {
    name: 'convolution of a sequence',
    inputShape: [7, 3],
    layers: [
      { type: 'convolution', filters: 4, size: [3], padding: 'same', strides: [2], ...tanh },
      { type: 'convolution', filters: 3, size: [2], useBias: false, ...tanh },
      flatten,
    ],
    outputs: 3,
  },
  {
    name: 'depthwise convolution',
    inputShape: [5, 5, 6],
    layers: [
      { type: 'depthwise-convolution', size: [3, 3], padding: 'same', ...tanh },
      { type: 'depthwise-convolution', size: [2, 2], strides: [2, 2], useBias: false, ...tanh },
      flatten,
    ],
    outputs: 3,
  },
  {
    name: 'transposed convolution',
    inputShape: [3, 2, 3],
    layers: [
      {
        type: 'transposed-convolution',
        filters: 4,
        size: [3, 3],
        strides: [2, 2],
        padding: 'same',
        ...tanh,
      },
      { type: 'transposed-convolution', filters: 2, size: [2, 3], strides: [1, 2], ...tanh },
      flatten,
    ],
    outputs: 3,
  },
  {
    name: 'pools',
    inputShape: [7, 6, 3],
    layers: [
      { type: 'max-pooling', size: [2, 2] },
      { type: 'average-pooling', size: [2, 2], strides: [1, 1], padding: 'same' },
      { type: 'max-pooling', size: [3, 2], strides: [1, 1], padding: 'same' },
      flatten,
    ],
    outputs: 3,
  },
  {
    name: 'pools of a sequence',
    inputShape: [7, 3],
    layers: [
      { type: 'max-pooling', size: [3], strides: [2] },
      { type: 'average-pooling', size: [2] },
      flatten,
    ],
    outputs: 3,
  },
  {
    name: 'global average',
    inputShape: image,
    layers: [
      { type: 'convolution', filters: 4, size: [1, 1], useBias: false, activation: 'linear' },
      { type: 'batch-norm' },
      { type: 'activation', activation: 'relu' },
      { type: 'global-average-pooling' },
    ],
    outputs: 3,
  },
  {
    name: 'global maximum',
    inputShape: image,
    layers: [{ type: 'global-max-pooling' }, hidden('tanh')],
    outputs: 3,
  },
  { name: 'embedding', inputShape: [4], tokens: 7, layers: [embedded(false), flatten], outputs: 3 },
  {
    name: 'masked averages',
    inputShape: [4],
    tokens: 7,
    layers: [
      embedded(true),
      { type: 'dense', units: 3, ...tanh },
      { type: 'global-average-pooling' },
    ],
    outputs: 3,
  },
  {
    name: 'masked maxima',
    inputShape: [4],
    tokens: 7,
    layers: [embedded(true), { type: 'layer-norm' }, { type: 'global-max-pooling' }],
    outputs: 3,
  },
  ...(['lstm', 'gru'] as const).flatMap((type): Case[] => [
    { name: type, inputShape: sequence, layers: [{ type, units: 5 }], outputs: 3 },
    {
      name: `${type} of a sequence, both ways`,
      inputShape: sequence,
      layers: [
        { type, units: 3, returnsSequence: true, isBidirectional: true },
        { type, units: 2, isBidirectional: true },
      ],
      outputs: 3,
    },
    {
      name: `masked ${type}`,
      inputShape: [4],
      tokens: 7,
      layers: [
        embedded(true),
        { type, units: 3, returnsSequence: true },
        { type, units: 4, isBidirectional: true },
      ],
      outputs: 3,
    },
  ]),
  {
    name: 'attention',
    inputShape: [5, 4],
    layers: [{ type: 'attention', heads: 2 }, flatten],
    outputs: 3,
  },
  {
    name: 'Transformer block',
    inputShape: [4],
    tokens: 7,
    layers: [
      embedded(true),
      { type: 'position-embedding' },
      { type: 'layer-norm' },
      { type: 'attention', heads: 2, isCausal: true },
      { type: 'add', from: [1, 3] },
      { type: 'layer-norm' },
      { type: 'dense', units: 6, activation: 'gelu' },
      { type: 'dense', units: 4, activation: 'linear' },
      { type: 'add', from: [4, 7] },
      { type: 'global-average-pooling' },
    ],
    outputs: 3,
  },
  {
    name: 'residual of one layer',
    layers: [
      hidden('tanh'),
      hidden('linear'),
      { type: 'add', from: [0, 1] },
      { type: 'add', from: [2, 2, 0] },
    ],
    outputs: 3,
  },
  {
    // Activations and dropout may leave their input's slope where their output's lay: others add to it.
    name: 'layers that others share their input with',
    layers: [
      hidden('tanh'),
      hidden('linear'),
      { type: 'add', from: [0, 1] },
      { type: 'activation', activation: 'gelu', from: [0] },
      { type: 'activation', activation: 'silu', from: [3] },
      { type: 'dropout', rate: 0.4, from: [1] },
      { type: 'concatenate', from: [2, 4, 5, 3] },
    ],
    outputs: 3,
  },
  {
    // Wider than a product's tile, which would read what it has written if slopes lay in one place.
    name: 'activations in a chain',
    layers: [
      { type: 'dense', units: 70, activation: 'tanh' },
      { type: 'dense', units: 70, activation: 'linear' },
      { type: 'activation', activation: 'gelu' },
      { type: 'dropout', rate: 0.3 },
      { type: 'dense', units: 2, activation: 'relu' },
    ],
    outputs: 3,
  },
  {
    name: 'concatenation',
    layers: [
      hidden('tanh'),
      { type: 'dense', units: 3, activation: 'relu', from: [-1] },
      { type: 'concatenate', from: [0, 1, 0] },
    ],
    outputs: 3,
  },
];

/** Every layer, activation, loss and optimiser that there is. */
export const cases: Case[] = [
  ...activations.map((activation) => ({
    name: activation,
    layers: [hidden(activation)],
    outputs: 3,
  })),
  { name: 'batch norm', layers: [hidden('tanh'), { type: 'batch-norm' }], outputs: 3 },
  { name: 'layer norm', layers: [hidden('tanh'), { type: 'layer-norm' }], outputs: 3 },
  { name: 'dropout', layers: [hidden('tanh'), { type: 'dropout', rate: 0.4 }], outputs: 3 },
  ...structured,
  { name: 'no bias', layers: [{ ...hidden('tanh'), useBias: false } as LayerSpec], outputs: 3 },
  { name: 'squared error', layers: [hidden('tanh')], outputs: 1 },
  { name: 'binary cross-entropy', layers: [hidden('tanh')], outputs: 2 },
  { name: 'weighted classes', layers: [hidden('tanh')], outputs: 3, weighted: true },
  { name: 'L1 and L2', layers: [hidden('tanh')], outputs: 3, l1: 0.02, l2: 0.3 },
  ...(
    [
      { type: 'sgd', momentum: 0.9, nesterov: false },
      { type: 'sgd', momentum: 0.9, nesterov: true },
      { type: 'adam', ...adam },
      { type: 'adamw', ...adam },
      { type: 'rmsprop', decay: 0.9, epsilon: 1e-7 },
    ] satisfies OptimizerSpec[]
  ).map((optimizer) => ({
    name: `${optimizer.type}${'nesterov' in optimizer && optimizer.nesterov ? ' (Nesterov)' : ''}`,
    layers: [hidden('tanh')],
    outputs: 3,
    optimizer,
  })),
  ...(
    [
      { type: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.2 },
      { type: 'rmsprop', decay: 0.9, epsilon: 1e-3, weightDecay: 0.2 },
    ] satisfies OptimizerSpec[]
  ).map((optimizer) => ({
    name: `${optimizer.type} with weight decay`,
    layers: [hidden('tanh')],
    outputs: 3,
    optimizer,
  })),
  ...(['norm', 'value'] as const).map((type) => ({
    name: `clipping by ${type}`,
    layers: [hidden('tanh')],
    outputs: 3,
    clipping: { type, limit: 0.1 },
    l2: 0.3,
  })),
];

export function specOf({ layers, outputs, inputShape = [width] }: Case): NetworkSpec {
  const units = outputs > 2 ? outputs : 1;
  return {
    inputShape,
    layers: [...layers, { type: 'dense', units, activation: 'linear' }],
  };
}

export function configOf({ optimizer, clipping, l1 = 0, l2 = 0 }: Case): NetworkConfig {
  return {
    ...defaultConfig(mlp, 'y'),
    optimizer: optimizer ?? { type: 'sgd', momentum: 0, nesterov: false },
    clipping: clipping ?? null,
    learningRate: 0.05,
    l1,
    l2,
  };
}

export function dataOf(example: Case): TrainingRows {
  const { outputs, weighted, inputShape = [width], tokens, zeros = 0 } = example;
  const size = inputShape.reduce((product, length) => product * length, 1);
  const random = new Random(4);
  const normal = () => random.uniform() + random.uniform() + random.uniform() - 1.5;
  const values = Array.from({ length: rows }, (_, i) => i % Math.max(2, outputs));
  return {
    features: Float32Array.from({ length: rows * size }, () => {
      if (tokens) return Math.max(0, random.integer(tokens + 2) - 2);
      return zeros > 0 && random.uniform() < zeros ? 0 : 2 * normal();
    }),
    width: size,
    targets:
      outputs === 1
        ? { type: 'numbers', divisor: 1, values: Float64Array.from(values, () => normal()) }
        : { type: 'classes', classes: outputs, values: Int32Array.from(values) },
    weights: weighted ? Float32Array.from(values, (value) => 0.5 + value) : null,
  };
}

export const everyRow = Uint32Array.from({ length: rows }, (_, i) => i);
