/** The benchmark's networks as stock tfjs has them: models of tfjs-layers. */
import { losses, tensor, train, type Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { adam, learningRate, specOf, startOf, tokens, type SpecName } from './networks.ts';

/** Keras's own batch norm has these by default but for the momentum, which training doesn't see. */
const batchNorm = { epsilon: 1e-3 };
const noBias = { useBias: false, padding: 'same' } as const;

const perceptron = (inputShape: number[]): layers.Layer[] => [
  layers.dense({ inputShape, units: 128, activation: 'relu' }),
  layers.dense({ units: 10 }),
];

const builders: Record<
  Exclude<SpecName, 'transformer'>,
  (inputShape: number[]) => layers.Layer[]
> = {
  digits: perceptron,
  mlp: perceptron,
  cnn: (inputShape) => [
    layers.conv2d({ inputShape, filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 10 }),
  ],
  lstm: ([inputLength = 1]) => [
    layers.embedding({ inputDim: tokens, outputDim: 32, inputLength }),
    layers.lstm({
      units: 64,
      recurrentActivation: 'sigmoid',
      recurrentInitializer: 'glorotUniform',
    }),
    layers.dense({ units: 3 }),
  ],
  gru: ([inputLength = 1]) => [
    layers.embedding({ inputDim: tokens, outputDim: 32, inputLength }),
    layers.gru({
      units: 64,
      recurrentActivation: 'sigmoid',
      recurrentInitializer: 'glorotUniform',
    }),
    layers.dense({ units: 3 }),
  ],
  depthwise: (inputShape) => [
    layers.conv2d({ inputShape, filters: 16, kernelSize: 3, strides: 2, ...noBias }),
    layers.batchNormalization(batchNorm),
    layers.reLU(),
    layers.depthwiseConv2d({ kernelSize: 3, ...noBias }),
    layers.batchNormalization(batchNorm),
    layers.reLU(),
    layers.conv2d({ filters: 32, kernelSize: 1, ...noBias }),
    layers.batchNormalization(batchNorm),
    layers.reLU(),
    layers.globalAveragePooling2d({}),
    layers.dense({ units: 10 }),
  ],
};

/** @returns null for what tfjs-layers has no layers for */
export function layersModel(net: SpecName): { model: Sequential; hasOurStart: boolean } | null {
  if (net === 'transformer') return null; // no attention
  const model = sequential({ layers: builders[net](specOf(net).inputShape) });
  model.compile({
    optimizer: train.adam(learningRate, adam.beta1, adam.beta2, adam.epsilon),
    loss: (labels: Tensor, logits: Tensor) => losses.softmaxCrossEntropy(labels, logits),
  });
  // Its GRU resets before the recurrent product, ours (as cuDNN's and PyTorch's) after it: other weights.
  const hasOurStart = net !== 'gru';
  if (hasOurStart) {
    const start = startOf(net).filter(({ name }) => !name.includes('/moving-'));
    model.trainableWeights.forEach((weight, i) => {
      const own = start[i];
      if (own?.shape.join() !== weight.shape.join())
        throw new Error(
          `${net}: weight ${i} is [${weight.shape.join()}], not [${own?.shape.join()}]`,
        );
      const value = tensor(own.values, own.shape);
      weight.write(value);
      value.dispose();
    });
  }
  return { model, hasOurStart };
}
