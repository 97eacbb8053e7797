/** Small networks with data, to compare gradients and backends on. */
import { Random } from '../../src/lib/random.ts';
import { activations, type LayerSpec, type NetworkSpec } from '../../src/models/spec.ts';
import type { TrainingRows } from '../../src/training/engine/batches.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { OptimizerSpec, RunConfig } from '../../src/training/run.ts';

const rows = 12;
const width = 5;

export interface Case {
  name: string;
  layers: LayerSpec[];
  /** 1 for a number, 2 for a logit, more for a logit a class. */
  outputs: number;
  weighted?: boolean;
  optimizer?: OptimizerSpec;
  l1?: number;
  l2?: number;
}

const hidden = (activation: (typeof activations)[number]): LayerSpec => ({
  type: 'dense',
  units: 6,
  activation,
});

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.01 };

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
  { name: 'no bias', layers: [{ ...hidden('tanh'), useBias: false } as LayerSpec], outputs: 3 },
  { name: 'squared error', layers: [hidden('tanh')], outputs: 1 },
  { name: 'binary cross-entropy', layers: [hidden('tanh')], outputs: 2 },
  { name: 'weighted classes', layers: [hidden('tanh')], outputs: 3, weighted: true },
  { name: 'L1 and L2', layers: [hidden('tanh')], outputs: 3, l1: 0.02, l2: 0.3 },
  ...(
    [
      { type: 'sgd', momentum: 0.9, nesterov: false },
      { type: 'sgd', momentum: 0.9, nesterov: true },
      { type: 'adamw', ...adam },
      { type: 'rmsprop', decay: 0.9, epsilon: 1e-7 },
    ] satisfies OptimizerSpec[]
  ).map((optimizer) => ({
    name: `${optimizer.type}${'nesterov' in optimizer && optimizer.nesterov ? ' (Nesterov)' : ''}`,
    layers: [hidden('tanh')],
    outputs: 3,
    optimizer,
  })),
];

export function specOf({ layers, outputs }: Case): NetworkSpec {
  const units = outputs > 2 ? outputs : 1;
  return {
    inputShape: [width],
    layers: [...layers, { type: 'dense', units, activation: 'linear' }],
  };
}

export function configOf({ optimizer, l1 = 0, l2 = 0 }: Case): RunConfig {
  return {
    ...defaultConfig(mlp, 'y'),
    optimizer: optimizer ?? { type: 'sgd', momentum: 0, nesterov: false },
    learningRate: 0.05,
    l1,
    l2,
  };
}

export function dataOf({ outputs, weighted }: Case): TrainingRows {
  const random = new Random(4);
  const normal = () => random.uniform() + random.uniform() + random.uniform() - 1.5;
  const values = Array.from({ length: rows }, (_, i) => i % Math.max(2, outputs));
  return {
    features: Float32Array.from({ length: rows * width }, () => 2 * normal()),
    width,
    targets:
      outputs === 1
        ? { type: 'numbers', divisor: 1, values: Float64Array.from(values, () => normal()) }
        : { type: 'classes', classes: outputs, values: Int32Array.from(values) },
    weights: weighted ? Float32Array.from(values, (value) => 0.5 + value) : null,
  };
}

export const everyRow = Uint32Array.from({ length: rows }, (_, i) => i);
