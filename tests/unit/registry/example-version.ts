/** A small model version, every part of it filled. */
import { evaluateClasses } from '../../../src/evaluate/evaluate-classes.ts';
import type { ModelVersion } from '../../../src/registry/model-version.ts';

export const exampleVersion: ModelVersion = {
  id: 'a'.repeat(64),
  projectId: 'p1',
  number: 1,
  taskId: 'tabular-classification',
  runId: 'run-1',
  dataSet: 'b'.repeat(64),
  createdAt: 1,
  config: {
    learner: 'mlp',
    target: 'kind',
    seed: 7,
    backend: 'auto',
    solver: 'gradient-descent',
    layers: [{ type: 'dense', units: 3, activation: 'relu', useBias: true }],
    optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 },
    learningRate: 0.01,
    schedule: { type: 'cosine', warmupEpochs: 1 },
    batchSize: 32,
    epochs: 5,
    earlyStopping: { patience: 3, minDelta: 0 },
    l1: 0,
    l2: 0.001,
    inverseRegularization: null,
    classWeights: 'balanced',
    folds: null,
    shuffleFolds: false,
    workers: 'auto',
    averageEvery: 1,
  },
  spec: {
    inputShape: [1],
    layers: [
      { type: 'dense', units: 3, activation: 'relu', useBias: true, initializer: 'he-normal' },
      { type: 'dropout', rate: 0.1 },
      { type: 'batch-norm' },
      { type: 'dense', units: 2, activation: 'linear' },
    ],
  },
  preparation: {
    columns: [
      {
        encoder: 'numeric',
        column: 'x',
        isDate: false,
        required: false,
        impute: 0,
        indicator: false,
        offset: 1,
        divisor: 2,
      },
    ],
    featureNames: ['x'],
  },
  target: { type: 'classes', column: 'kind', classes: ['no', 'yes'], counts: [3, 4] },
  weights: { chunk: 'c'.repeat(64), tensors: [{ name: 'dense/kernel', shape: [1, 3] }] },
  metrics: { train: { loss: Number.NaN }, test: { accuracy: 1 } },
  evaluation: evaluateClasses(
    {
      type: 'classes',
      classes: ['no', 'yes'],
      rows: Uint32Array.of(0, 1),
      actual: Int32Array.of(0, 1),
      probabilities: Float32Array.of(0.9, 0.1, 0.2, 0.8),
    },
    { on: 'test', trainCounts: [1, 1], seed: 1 },
  ),
  predictions: 'd'.repeat(64),
  parents: [],
};
