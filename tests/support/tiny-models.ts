/** Whole models of each family, small enough to be trained in a test on tfjs's cpu backend. */
import type { Activation, LayerSpec } from '../../src/models/spec.ts';
import type { OptimizerSpec } from '../../src/training/run.ts';
import type { Case } from './tiny-network.ts';

const flatten: LayerSpec = { type: 'flatten' };
const relu: LayerSpec = { type: 'activation', activation: 'relu' };
const linear = (units: number): LayerSpec => ({ type: 'dense', units, activation: 'linear' });
const convolution = (filters: number, size: number, activation: Activation): LayerSpec => ({
  ...{ type: 'convolution', filters, size: [size, size], padding: 'same', activation },
});
const noBias = { useBias: false, activation: 'linear' } as const;
const embedding: LayerSpec = { type: 'embedding', tokens: 11, units: 8 };
const optimizer: OptimizerSpec = {
  type: 'adam',
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
  weightDecay: 0,
};

export const tinyModels: Case[] = [
  {
    name: 'MLP',
    layers: [{ type: 'dense', units: 9, activation: 'relu' }],
    outputs: 3,
    optimizer,
  },
  {
    name: 'MLP of inputs most of which are 0',
    ...{ inputShape: [40], zeros: 0.8 },
    layers: [{ type: 'dense', units: 40, activation: 'relu' }],
    outputs: 3,
    optimizer,
  },
  {
    name: 'CNN',
    inputShape: [8, 8, 1],
    layers: [
      convolution(4, 3, 'relu'),
      { type: 'max-pooling', size: [2, 2] },
      convolution(6, 3, 'relu'),
      { type: 'max-pooling', size: [2, 2] },
      flatten,
    ],
    outputs: 4,
    optimizer,
  },
  ...(['lstm', 'gru'] as const).map((type): Case => ({
    name: type.toUpperCase(),
    inputShape: [6],
    tokens: 11,
    layers: [embedding, { type, units: 7 }],
    outputs: 3,
    optimizer,
  })),
  {
    name: 'Transformer',
    inputShape: [6],
    tokens: 11,
    layers: [
      embedding,
      { type: 'position-embedding' },
      { type: 'layer-norm' },
      { type: 'attention', heads: 2 },
      { type: 'add', from: [1, 3] },
      { type: 'layer-norm' },
      { type: 'dense', units: 16, activation: 'gelu' },
      linear(8),
      { type: 'add', from: [4, 7] },
      { type: 'global-average-pooling' },
    ],
    outputs: 3,
    optimizer,
  },
  {
    name: 'depthwise CNN with batch norm',
    inputShape: [8, 8, 3],
    layers: [
      { ...convolution(8, 3, 'linear'), strides: [2, 2], ...noBias } as LayerSpec,
      { type: 'batch-norm' },
      relu,
      { type: 'depthwise-convolution', size: [3, 3], padding: 'same', ...noBias },
      { type: 'batch-norm' },
      relu,
      { type: 'convolution', filters: 12, size: [1, 1], ...noBias },
      { type: 'batch-norm' },
      relu,
      { type: 'global-average-pooling' },
    ],
    outputs: 4,
    optimizer,
  },
];
