/** Layers, losses and optimisers that a backend may compute in one kernel each way (models/engine/fused). */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { applyLayer } from '../../src/models/engine/layers/apply.ts';
import { parametersOf } from '../../src/models/layer-parameters.ts';
import { layerShapes } from '../../src/models/layer-shapes.ts';
import { activations, type LayerKind } from '../../src/models/spec.ts';
import { lossOf } from '../../src/training/engine/objective.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { createOptimizer } from '../../src/training/engine/optimizer.ts';
import type { Backend, OptimizerSpec } from '../../src/training/run.ts';
import { draw, type Operation } from './compare-backends.ts';

export interface FusedExample {
  name: string;
  operation: Operation;
  /** What it must come down to where the backend brings it. */
  kernel: string;
}

interface Options {
  batch: number;
  shape: readonly number[];
  mask?: number[][];
  /** In place of drawn numbers, which are then not differentiated by. */
  tokens?: number[];
}

/** A layer as a function of its input and its weights. */
function layerOf(layer: LayerKind, kernel: string, options: Options): FusedExample {
  const { batch, mask, tokens } = options;
  const shape = [...options.shape];
  const [shapes] = layerShapes({ inputShape: shape, layers: [layer] });
  if (!shapes) throw new Error('a network of one layer has its shapes');
  const weights = parametersOf(layer, [shape]).filter(({ isTrainable }) => isTrainable);
  return {
    name: `${JSON.stringify(layer)} of ${batch} × ${shape.join(' × ')}${mask ? ', masked' : ''}`,
    kernel,
    operation: {
      shapes: [...(tokens ? [] : [[batch, ...shape]]), ...weights.map((one) => one.shape)],
      run(...given) {
        const x = tokens ? tf.tensor(tokens, [batch, ...shape]) : (given.shift() ?? tf.scalar(0));
        const kept =
          layer.type === 'batch-norm'
            ? [tf.zeros, tf.ones].map((of) => of([shape.at(-1) ?? 1]))
            : [];
        const moving = kept.map((tensor) => tf.variable(tensor, false));
        const y = applyLayer(layer, [x], [...given, ...moving] as tf.Variable[], {
          ...{ training: true, key: 5, place: 3, firstRow: 0 },
          ...{ inputShapes: [shape], outputShape: shapes.output },
          mask: mask ? tf.tensor2d(mask) : null,
        }); // layers only read their weights
        tf.dispose(moving);
        return y;
      },
    },
  };
}

const masks: Record<string, number[][] | undefined> = {
  none: undefined,
  some: [
    [1, 1, 1, 0, 0],
    [0, 0, 0, 0, 0],
    [1, 0, 1, 1, 1],
  ],
};

const sizes = [
  { batch: 1, steps: 1, width: 1, units: 1 },
  { batch: 3, steps: 5, width: 17, units: 3 },
  { batch: 17, steps: 3, width: 4, units: 9 },
];

/** Each row is of another class than the one before, and weighs more. */
function crossEntropy(rows: number, columns: number): FusedExample {
  const count = rows * columns;
  const isOf = (i: number) =>
    columns === 1 ? i % 2 : Number(Math.floor(i / columns) % columns === i % columns);
  const targets = Float32Array.from({ length: count }, (_, i) => isOf(i));
  const weights = Float32Array.from({ length: rows }, (_, i) => 0.5 + i);
  return {
    name: `cross-entropy of ${rows} × ${columns}`,
    kernel: 'GlasshouseLoss',
    operation: {
      shapes: [[rows, columns]],
      run: (logits) =>
        lossOf(
          ...(['classes', logits as tf.Tensor2D] as const), // as it was drawn
          tf.tensor2d(targets, [rows, columns]),
          tf.tensor2d(weights, [rows, 1]),
        ),
    },
  };
}

interface Size {
  batch: number;
  steps: number;
  width: number;
  units: number;
}

const layersOf = ({ batch, steps, width, units }: Size): FusedExample[] => [
  layerOf({ type: 'layer-norm' }, 'GlasshouseLayerNorm', { batch, shape: [steps, width + 1] }),
  // One row alone is normalised to nothing, and its gradient is all rounding.
  layerOf({ type: 'batch-norm' }, 'GlasshouseBatchNorm', {
    ...{ batch: batch === 1 ? 2 : batch, shape: [width] },
  }),
  layerOf({ type: 'dropout', rate: 0.4 }, 'GlasshouseDropout', { batch, shape: [width] }),
  layerOf({ type: 'embedding', tokens: 6, units }, 'GlasshouseEmbedding', {
    ...{ batch, shape: [steps] },
    tokens: Array.from({ length: batch * steps }, (_, i) => (i * 7) % 6),
  }),
  ...(['lstm', 'gru'] as const).flatMap((type) =>
    [false, true].map((flag) =>
      layerOf(
        { type, units, returnsSequence: flag, isBidirectional: flag },
        ...(['GlasshouseRecurrent', { batch, shape: [steps, width] }] as const),
      ),
    ),
  ),
  layerOf({ type: 'attention', heads: 1, isCausal: true }, 'GlasshouseAttention', {
    ...{ batch, shape: [steps, width] },
  }),
];

export const fusedExamples: FusedExample[] = [
  ...activations.map((activation) =>
    layerOf({ type: 'dense', units: 7, activation }, 'GlasshouseBiasActivation', {
      ...{ batch: 3, shape: [5] },
    }),
  ),
  layerOf(
    { type: 'convolution', filters: 5, size: [3, 2], padding: 'same', activation: 'gelu' },
    ...(['GlasshouseBiasActivation', { batch: 2, shape: [4, 5, 3] }] as const),
  ),
  ...sizes.flatMap(layersOf),
  ...Object.values(masks).flatMap((mask) => {
    const masked = { batch: 3, shape: [5, 6], ...(mask && { mask }) };
    return [
      layerOf({ type: 'lstm', units: 4 }, 'GlasshouseRecurrent', masked),
      layerOf(
        { type: 'gru', units: 4, returnsSequence: true, isBidirectional: true },
        ...(['GlasshouseRecurrent', masked] as const),
      ),
      layerOf({ type: 'attention', heads: 3 }, 'GlasshouseAttention', masked),
      layerOf({ type: 'attention', heads: 2, isCausal: true }, 'GlasshouseAttention', masked),
    ];
  }),
  ...[1, 3, 17].flatMap((rows) => [1, 3, 17].map((columns) => crossEntropy(rows, columns))),
];

/** Where tfjs's own operations have no gradients. */
export const ofNoRows = [
  layerOf({ type: 'dense', units: 7, activation: 'gelu' }, 'GlasshouseBiasActivation', {
    ...{ batch: 0, shape: [5] },
  }),
  ...layersOf({ batch: 0, steps: 3, width: 4, units: 2 }),
  ...[1, 3].map((columns) => crossEntropy(0, columns)),
];

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
export const optimizers: OptimizerSpec[] = [
  { type: 'sgd', momentum: 0, nesterov: false },
  { type: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.1 },
  { type: 'adam', ...adam, weightDecay: 0.1 },
  { type: 'adamw', ...adam, weightDecay: 0.1 },
  { type: 'rmsprop', decay: 0.9, epsilon: 1e-3, weightDecay: 0.1 },
];

/** Weights of any size, and all that is kept of them, after three steps. */
export async function optimized(backend: Backend, spec: OptimizerSpec): Promise<Float32Array[]> {
  await startBackend(backend);
  const before = tf.memory().numTensors;
  const sizes = [1, 3, 4, 5, 17, 64];
  const weights = sizes.map((size) => tf.tidy(() => tf.variable(tf.tensor(draw(size, size)))));
  const gradients = sizes.map((size) => tf.tensor(draw(size, size + 1)));
  const optimizer = createOptimizer(spec, weights);
  for (let step = 0; step < 3; step++) optimizer.apply(gradients, 0.1);
  const { slots } = await optimizer.save();
  const values = await Promise.all(
    weights.map(async (weight) => Float32Array.from(await weight.data())),
  );
  optimizer.dispose();
  tf.dispose([...weights, ...gradients]);
  expect(tf.memory().numTensors).toBe(before);
  return [...values, ...slots];
}

/** An example of each kernel, and of both recurrent layers: the last, which isn't the smallest. */
export const ofEachKind = Object.values(
  Object.fromEntries(
    fusedExamples.map((one) => [`${one.kernel} ${/lstm|gru/.exec(one.name)?.[0] ?? ''}`, one]),
  ),
);
