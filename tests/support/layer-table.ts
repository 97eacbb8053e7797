/** Every layer that has kernels, with what it is differentiated at (layer-slopes.ts). */
import type { Random } from '../../src/lib/random.ts';
import { activations, type LayerSpec } from '../../src/models/spec.ts';

export type Draw = (count: number, random: Random) => Float32Array<ArrayBuffer>;

export interface LayerCase {
  name: string;
  inputShape: number[];
  layer: LayerSpec;
  /** The input is tokens' numbers below this. */
  tokens?: number;
  /** Some steps are padding. */
  hasMask?: boolean;
  /** Three unless told. */
  rows?: number;
  /** What the input starts as; normal numbers unless told. */
  input?: Draw;
  /** Keeps what goes into the activation far from its kink at 0. */
  hasKink?: boolean;
}

export const normal: Draw = (count, random) =>
  Float32Array.from({ length: count }, () => random.normal());
/** Farther from 0 than any step. */
const awayFromZero: Draw = (count, random) =>
  normal(count, random).map((x) => Math.sign(x) / 2 + x);
/** No two as near as steps bring them. Halves: a maximum of them is exact. */
const farApart: Draw = (count, random) =>
  random.shuffle(Float32Array.from({ length: count }, (_, i) => (i - Math.floor(count / 2)) / 2));

const image = [6, 5, 3];
const sequence = [5, 6];
const tanh = { activation: 'tanh' } as const;
const linear = { activation: 'linear' } as const;
const kinked = ['relu', 'leaky-relu', 'elu'];
const curved = activations.filter((activation) => activation !== 'linear');

/** Odd sizes, sums of one part and of several, vectors and tiles that are full and that aren't. */
export const layers: LayerCase[] = [
  { name: 'dense', inputShape: [17], layer: { type: 'dense', units: 9, ...linear } },
  {
    name: 'dense without bias',
    inputShape: [4, 3],
    layer: { type: 'dense', units: 5, useBias: false, ...linear },
  },
  {
    name: 'dense of a long sum',
    inputShape: [700],
    layer: { type: 'dense', units: 3, ...linear },
    rows: 2,
  },
  {
    name: 'dense of many places',
    inputShape: [350, 2],
    layer: { type: 'dense', units: 9, ...linear },
    rows: 4,
  },
  ...curved.flatMap((activation): LayerCase[] => [
    {
      name: `dense, ${activation}`,
      inputShape: [7],
      layer: { type: 'dense', units: 8, activation },
      hasKink: kinked.includes(activation),
    },
    {
      name: activation,
      inputShape: [19],
      layer: { type: 'activation', activation },
      input: awayFromZero,
    },
  ]),
  { name: 'dropout', inputShape: [4, 5], layer: { type: 'dropout', rate: 0.4 }, rows: 5 },
  { name: 'batch norm', inputShape: [7], layer: { type: 'batch-norm' }, rows: 9 },
  { name: 'batch norm of images', inputShape: [5, 3, 9], layer: { type: 'batch-norm' } },
  { name: 'layer norm', inputShape: [70], layer: { type: 'layer-norm' } },
  { name: 'layer norm of a sequence', inputShape: sequence, layer: { type: 'layer-norm' } },
  {
    name: 'convolution',
    inputShape: image,
    layer: { type: 'convolution', filters: 5, size: [3, 3], padding: 'same', ...tanh },
  },
  {
    name: 'convolution, relu',
    inputShape: image,
    layer: { type: 'convolution', filters: 8, size: [2, 3], activation: 'relu' },
    hasKink: true,
  },
  {
    name: 'strided convolution',
    inputShape: [9, 7, 4],
    layer: { type: 'convolution', filters: 3, size: [3, 2], strides: [2, 3], ...linear },
  },
  {
    name: 'convolution of one place',
    inputShape: image,
    layer: { type: 'convolution', filters: 4, size: [1, 1], useBias: false, ...linear },
  },
  {
    name: 'convolution of a sequence',
    inputShape: [7, 3],
    layer: { type: 'convolution', filters: 4, size: [3], padding: 'same', strides: [2], ...tanh },
  },
  {
    name: 'depthwise convolution',
    inputShape: [5, 4, 9],
    layer: { type: 'depthwise-convolution', size: [3, 3], padding: 'same', ...tanh },
  },
  {
    name: 'strided depthwise convolution',
    inputShape: [7, 5, 3],
    layer: {
      type: 'depthwise-convolution',
      size: [2, 3],
      strides: [2, 2],
      useBias: false,
      ...linear,
    },
  },
  {
    name: 'depthwise convolution of an image that is smaller than its window',
    inputShape: [2, 2, 5],
    layer: {
      ...{ type: 'depthwise-convolution', size: [3, 3], strides: [2, 2], padding: 'same' },
      ...tanh,
    },
  },
  {
    name: 'transposed convolution',
    inputShape: [3, 2, 3],
    layer: {
      ...{ type: 'transposed-convolution', filters: 4, size: [3, 3], strides: [2, 2] },
      ...{ padding: 'same', ...tanh },
    },
  },
  ...(['max-pooling', 'average-pooling'] as const).flatMap((type): LayerCase[] => {
    const input = type === 'max-pooling' ? farApart : normal;
    return [
      { name: type, inputShape: [7, 6, 3], layer: { type, size: [2, 2] }, input },
      {
        name: `${type} that overlaps`,
        inputShape: [5, 6, 5],
        layer: { type, size: [3, 2], strides: [1, 1], padding: 'same' },
        input,
      },
      { name: `${type} of a sequence`, inputShape: [7, 3], layer: { type, size: [3] }, input },
    ];
  }),
  ...(['global-max-pooling', 'global-average-pooling'] as const).flatMap((type): LayerCase[] => {
    const input = type === 'global-max-pooling' ? farApart : normal;
    return [
      { name: type, inputShape: image, layer: { type }, input },
      { name: `masked ${type}`, inputShape: sequence, layer: { type }, hasMask: true, input },
    ];
  }),
  {
    name: 'embedding',
    inputShape: [6],
    tokens: 5,
    layer: { type: 'embedding', tokens: 5, units: 7 },
  },
  { name: 'position embedding', inputShape: sequence, layer: { type: 'position-embedding' } },
  ...(['lstm', 'gru'] as const).flatMap((type): LayerCase[] => [
    { name: type, inputShape: sequence, layer: { type, units: 5 } },
    {
      name: `${type} of a sequence, both ways`,
      inputShape: sequence,
      layer: { type, units: 3, returnsSequence: true, isBidirectional: true },
    },
    {
      name: `masked ${type}, both ways`,
      inputShape: sequence,
      layer: { type, units: 4, isBidirectional: true },
      hasMask: true,
    },
    {
      name: `masked ${type} of a sequence`,
      inputShape: sequence,
      layer: { type, units: 3, returnsSequence: true },
      hasMask: true,
    },
  ]),
  { name: 'attention', inputShape: sequence, layer: { type: 'attention', heads: 2 } },
  {
    name: 'causal attention',
    inputShape: sequence,
    layer: { type: 'attention', heads: 3, isCausal: true },
  },
  {
    name: 'masked attention',
    inputShape: sequence,
    layer: { type: 'attention', heads: 1 },
    hasMask: true,
  },
  { name: 'add', inputShape: [4, 5], layer: { type: 'add', from: [-1, -1, -1] } },
  { name: 'concatenate', inputShape: [4, 5], layer: { type: 'concatenate', from: [-1, -1] } },
];
