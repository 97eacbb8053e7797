/** What all contestants of the training benchmark train: networks, data in memory, and one start for all. */
import { Random } from '../../../src/lib/random.ts';
import { initialValues } from '../../../src/models/engine/initial-values.ts';
import { parametersOf } from '../../../src/models/layer-parameters.ts';
import { layerShapes } from '../../../src/models/layer-shapes.ts';
import type { LayerSpec, NetworkSpec } from '../../../src/models/spec.ts';
import { readDigits } from './digits.ts';

export const netNames = [
  ...(['digits', 'mlp', 'cnn', 'lstm', 'gru'] as const),
  ...(['transformer', 'depthwise', 'mf'] as const),
];
export type NetName = (typeof netNames)[number];
/** The ones that are a list of layers; a matrix factorisation is not. */
export type SpecName = Exclude<NetName, 'mf'>;

export const learningRate = 1e-3;
export const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;
export const tokens = 5000;
export const factorisation = { users: 1000, items: 1700, factors: 32, constant: 3.5 } as const;

const steps = 40;
/** Three, so that every contestant takes a softmax: of two classes our networks have one logit. */
const textClasses = 3;
const imageClasses = 10;

const dense = (units: number): LayerSpec => ({ type: 'dense', units, activation: 'linear' });
const convolution = { type: 'convolution', size: [3, 3], padding: 'same' } as const;
const noBias = { useBias: false, activation: 'linear' } as const;
const pool: LayerSpec = { type: 'max-pooling', size: [2, 2] };
const normed: LayerSpec[] = [{ type: 'batch-norm' }, { type: 'activation', activation: 'relu' }];

const perceptron: NetworkSpec = {
  inputShape: [784],
  layers: [{ type: 'dense', units: 128, activation: 'relu' }, dense(imageClasses)],
};

const specs: Record<SpecName, NetworkSpec> = {
  digits: perceptron,
  mlp: perceptron,
  cnn: {
    inputShape: [28, 28, 1],
    layers: [
      { ...convolution, size: [3, 3], filters: 16, activation: 'relu' },
      pool,
      { ...convolution, size: [3, 3], filters: 32, activation: 'relu' },
      pool,
      { type: 'flatten' },
      dense(imageClasses),
    ],
  },
  lstm: recurrent('lstm'),
  gru: recurrent('gru'),
  transformer: {
    inputShape: [steps],
    layers: [
      { type: 'embedding', tokens, units: 64 },
      { type: 'position-embedding' },
      { type: 'layer-norm' },
      { type: 'attention', heads: 4 },
      { type: 'add', from: [1, 3] },
      { type: 'layer-norm' },
      { type: 'dense', units: 256, activation: 'gelu' },
      dense(64),
      { type: 'add', from: [4, 7] },
      { type: 'global-average-pooling' },
      dense(textClasses),
    ],
  },
  depthwise: {
    inputShape: [32, 32, 3],
    layers: [
      { ...convolution, size: [3, 3], strides: [2, 2], filters: 16, ...noBias },
      ...normed,
      { type: 'depthwise-convolution', size: [3, 3], padding: 'same', ...noBias },
      ...normed,
      { ...convolution, size: [1, 1], filters: 32, ...noBias },
      ...normed,
      { type: 'global-average-pooling' },
      dense(imageClasses),
    ],
  },
};

function recurrent(type: 'lstm' | 'gru'): NetworkSpec {
  return {
    inputShape: [steps],
    layers: [{ type: 'embedding', tokens, units: 32 }, { type, units: 64 }, dense(textClasses)],
  };
}

export function specOf(net: SpecName): NetworkSpec {
  return specs[net];
}

export interface Examples {
  /** [rows, ...inputShape]; of text, numbers of tokens. */
  features: Float32Array<ArrayBuffer>;
  labels: Int32Array<ArrayBuffer>;
  rows: number;
  classes: number;
}

/**
 * `digits` has MNIST's; of the others, classes differ by a prototype (images) or by which half of their tokens come
 * from where (text): there is something to learn.
 */
export async function examplesOf(net: SpecName): Promise<Examples> {
  if (net === 'digits') return { ...(await readDigits()), classes: imageClasses };
  const { inputShape } = specs[net];
  const isText = inputShape.length === 1 && inputShape[0] === steps;
  const width = inputShape.reduce((product, length) => product * length, 1);
  const rows = net === 'depthwise' ? 1024 : 2048;
  const classes = isText ? textClasses : imageClasses;
  const random = new Random(1, net);
  const labels = Int32Array.from({ length: rows }, () => random.integer(classes));
  const prototypes = Float32Array.from({ length: classes * width }, () => random.uniform());
  const features = new Float32Array(rows * width);
  const share = Math.floor(tokens / classes);
  labels.forEach((label, row) => {
    for (let i = 0; i < width; i++)
      features[row * width + i] = isText
        ? random.uniform() < 0.5
          ? label * share + random.integer(share)
          : random.integer(tokens)
        : (random.uniform() + (prototypes[label * width + i] ?? 0)) / 2;
  });
  return { features, labels, rows, classes };
}

export interface Ratings {
  users: Int32Array<ArrayBuffer>;
  items: Int32Array<ArrayBuffer>;
  values: Float32Array<ArrayBuffer>;
}

export function ratingsOf(): Ratings {
  const random = new Random(1, 'mf');
  const rows = 16_384;
  return {
    users: Int32Array.from({ length: rows }, () => random.integer(factorisation.users)),
    items: Int32Array.from({ length: rows }, () => random.integer(factorisation.items)),
    values: Float32Array.from({ length: rows }, () => 1 + random.integer(5)),
  };
}

export interface Parameter {
  name: string;
  shape: number[];
  values: Float32Array<ArrayBuffer>;
}

/** In the order in which networks pack them, layouts as layer-parameters.ts has them; of `mf`, its tables. */
export function startOf(net: NetName): Parameter[] {
  const random = new Random(1, 'weights');
  if (net === 'mf') {
    const { users, items, factors } = factorisation;
    const table = (name: string, rows: number) => ({
      name,
      shape: [rows, factors],
      values: Float32Array.from({ length: rows * factors }, () => random.normal() / 10),
    });
    const biases = (name: string, rows: number) => ({
      ...{ name, shape: [rows], values: new Float32Array(rows) },
    });
    return [
      ...[table('users', users), table('items', items)],
      ...[biases('user-biases', users), biases('item-biases', items)],
    ];
  }
  const spec = specs[net];
  const shapes = layerShapes(spec);
  return spec.layers.flatMap((layer, i) =>
    parametersOf(layer, shapes[i]?.inputs ?? []).map(({ name, shape, initial }) => {
      const count = shape.reduce((product, length) => product * length, 1);
      const values = Float32Array.from(initialValues(initial, count, random));
      return { name: `${i} ${layer.type}/${name}`, shape, values };
    }),
  );
}

/** All of the values, one parameter after the other. */
export function packed(parameters: readonly Parameter[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parameters.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { values } of parameters) {
    all.set(values, at);
    at += values.length;
  }
  return all;
}
