/** Two networks that have every kind of layer between them, each as small as it gets, for tests of leaks. */
import type { Case } from './tiny-network.ts';

const linear = { activation: 'linear' } as const;

export const ofSequences: Case = {
  name: 'embeddings, recurrent layers, attention, norms and dropout',
  inputShape: [8],
  tokens: 7,
  layers: [
    { type: 'embedding', tokens: 7, units: 6, hasMask: true },
    { type: 'position-embedding' },
    { type: 'convolution', filters: 6, size: [3], padding: 'same', activation: 'relu' },
    { type: 'batch-norm' },
    { type: 'lstm', units: 3, returnsSequence: true, isBidirectional: true },
    { type: 'layer-norm' },
    { type: 'attention', heads: 2 },
    { type: 'dropout', rate: 0.2 },
    { type: 'add', from: [4, 7] },
    { type: 'max-pooling', size: [2] },
    { type: 'gru', units: 4 },
  ],
  outputs: 3,
  optimizer: { type: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.01 },
};

export const ofImages: Case = {
  name: 'convolutions of each kind, pools and concatenations',
  inputShape: [4, 3, 2],
  layers: [
    { type: 'convolution', filters: 3, size: [2, 2], padding: 'same', strides: [2, 1], ...linear },
    { type: 'transposed-convolution', filters: 2, size: [2, 2], strides: [2, 2], ...linear },
    { type: 'depthwise-convolution', size: [3, 3], padding: 'same', activation: 'gelu' },
    { type: 'average-pooling', size: [2, 2] },
    { type: 'global-average-pooling', from: [3] },
    { type: 'global-max-pooling', from: [3] },
    { type: 'flatten', from: [3] },
    { type: 'concatenate', from: [4, 5, 6] },
    { type: 'activation', activation: 'silu' },
  ],
  outputs: 3,
  optimizer: { type: 'rmsprop', decay: 0.9, epsilon: 1e-3 },
  clipping: { type: 'norm', limit: 1 },
};
