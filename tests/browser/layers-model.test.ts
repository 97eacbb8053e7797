/** Models of tfjs-layers, which know nothing of the kernels here, learn by them what they learn on cpu. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { afterAll, expect, test } from 'vitest';
import { startBackend } from '../../src/training/engine/backend.ts';
import type { Backend } from '../../src/training/run.ts';
import { difference, draw } from '../support/compare-backends.ts';

interface Example {
  name: string;
  inputShape: number[];
  /** Whole numbers below it in place of drawn ones. */
  tokens?: number;
  layers: (inputShape: number[]) => layers.Layer[];
}

const examples: Example[] = [
  {
    name: 'convolutions and pools',
    inputShape: [9, 8, 3],
    layers: (inputShape) => [
      layers.conv2d({ inputShape, filters: 6, kernelSize: 3, padding: 'same', activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: 2 }),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 3 }),
    ],
  },
  {
    name: 'a depthwise network with batch norm',
    inputShape: [8, 8, 2],
    layers: (inputShape) => [
      layers.conv2d({
        inputShape,
        filters: 5,
        kernelSize: 3,
        strides: 2,
        useBias: false,
        padding: 'same',
      }),
      layers.batchNormalization({}),
      layers.reLU(),
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false }),
      layers.separableConv2d({ filters: 4, kernelSize: 2, activation: 'tanh' }),
      layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 3 }),
    ],
  },
  {
    name: 'an embedding and an LSTM',
    inputShape: [5],
    tokens: 7,
    layers: ([inputLength = 1]) => [
      layers.embedding({ inputDim: 7, outputDim: 4, inputLength }),
      layers.lstm({ units: 5, recurrentInitializer: 'glorotUniform' }),
      layers.dense({ units: 3 }),
    ],
  },
];

const rows = 12;

/** Losses of some epochs, and the weights after them. */
async function fit(backend: Backend, example: Example) {
  await startBackend(backend);
  const before = tf.memory().numTensors;
  const { inputShape, tokens } = example;
  const model = sequential({ layers: example.layers(inputShape) });
  tf.tidy(() => {
    // Above 0: some of them are variances.
    const drawn = model.getWeights().map(({ size, shape }, i) =>
      tf.tensor(
        draw(size, i).map((x) => Math.abs(0.4 * x)),
        shape,
      ),
    );
    model.setWeights(drawn);
  });
  const began = await weightsOf(model);
  const count = rows * tf.util.sizeFromShape(inputShape);
  const drawn = draw(count, 3).map((x) => (tokens ? Math.floor(Math.abs(1000 * x)) % tokens : x));
  const x = tf.tensor(drawn, [rows, ...inputShape]);
  const labels = Float32Array.from({ length: 3 * rows }, (_, i) =>
    Number(Math.floor(i / 3) % 3 === i % 3),
  );
  const y = tf.tensor2d(labels, [rows, 3]);
  const optimizer = tf.train.sgd(0.2);
  model.compile({
    optimizer,
    loss: (truth, logits) => tf.losses.softmaxCrossEntropy(truth, logits),
  });
  const { history } = await model.fit(x, y, {
    epochs: 5,
    batchSize: 5,
    shuffle: false,
  });
  const weights = await weightsOf(model);
  tf.dispose([x, y]);
  optimizer.dispose();
  model.dispose();
  expect(tf.memory().numTensors, `left on ${backend}`).toBe(before);
  return { began, losses: history['loss'] as number[], weights }; // numbers, once it has ended
}

function weightsOf(model: Sequential): Promise<Float32Array[]> {
  return Promise.all(model.getWeights().map(async (one) => Float32Array.from(await one.data())));
}

test.each(examples)('$name', async (example) => {
  const expected = await fit('cpu', example);
  expected.weights.forEach((values, i) => {
    expect(difference(values, expected.began[i] ?? []), `weight ${i} is learned`).toBeGreaterThan(
      0,
    );
  });
  for (const backend of ['wasm', 'webgpu'] as const) {
    const found = await fit(backend, example);
    expect(difference(found.losses, expected.losses), backend).toBeLessThan(1e-4);
    found.weights.forEach((values, i) => {
      expect(difference(values, expected.weights[i] ?? []), `${backend}: ${i}`).toBeLessThan(1e-3);
    });
  }
});

afterAll(() => startBackend('cpu'));
