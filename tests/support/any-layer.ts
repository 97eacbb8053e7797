/** Layers of any size, for property tests. Networks made of them: network-gradients.ts. */
import fc from 'fast-check';
import { activations, type LayerSpec, type Padding } from '../../src/models/spec.ts';

/** A layer of any size, with the shape that it takes. */
export interface Example {
  inputShape: number[];
  layers: LayerSpec[];
  tokens?: number;
}

interface Padded {
  padding: Padding;
}

/** Around the widths of vectors and tiles, and far from them. */
const width = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 12, 17);
const extent = fc.integer({ min: 1, max: 3 });
const padding = fc.constantFrom('same' as const, 'valid' as const);
const activation = fc.constantFrom(...activations);
const upTo = (most: number) => fc.integer({ min: 1, max: most });
const strides = fc.tuple(upTo(4), upTo(4)).map((pair) => [...pair]);
const size = fc.tuple(upTo(6), upTo(6)).map((pair) => [...pair]);
const image = fc.tuple(upTo(9), upTo(9), width).map((shape) => [...shape]);
/** A window that is larger than the image has no place in it, unless the image is padded. */
const fits = ({ inputShape, size, padding }: Record<'inputShape' | 'size', number[]> & Padded) =>
  padding === 'same' || size.every((length, i) => length <= (inputShape[i] ?? 0));
const sequence = fc.tuple(fc.integer({ min: 1, max: 6 }), width).map((shape) => [...shape]);
const bool = fc.boolean();
/** Of a window on a sequence. */
const slidAlong = {
  inputShape: fc.tuple(upTo(9), width).map((shape) => [...shape]),
  ...{ size: fc.tuple(upTo(6)).map((one) => [...one]), padding },
  strides: fc.tuple(upTo(4)).map((one) => [...one]),
};

export const examples: Record<string, fc.Arbitrary<Example>> = {
  dense: fc
    .record({ inputs: width, units: width, activation, useBias: bool })
    .map(({ inputs, ...layer }) => ({
      inputShape: [inputs],
      layers: [{ type: 'dense', ...layer }],
    })),
  'dense of places': fc
    .record({ inputShape: sequence, units: width, activation })
    .map(({ inputShape, ...layer }) => ({
      inputShape,
      layers: [{ type: 'dense', ...layer }, { type: 'flatten' }],
    })),
  convolution: fc
    .record({
      inputShape: image,
      filters: width,
      size,
      strides,
      padding,
      activation,
      useBias: bool,
    })
    .filter(fits)
    .map(({ inputShape, ...layer }) => ({
      inputShape,
      layers: [
        { type: 'dense', units: 3, activation: 'tanh' }, // so that there is a gradient of its input
        { type: 'convolution', ...layer },
        { type: 'flatten' },
      ],
    })),
  'depthwise convolution': fc
    .record({ inputShape: image, units: width, size, strides, padding, activation, useBias: bool })
    .filter(fits)
    .map(({ inputShape, units, ...layer }) => ({
      inputShape,
      layers: [
        { type: 'dense', units, activation: 'tanh' },
        { type: 'depthwise-convolution', ...layer },
        { type: 'flatten' },
      ],
    })),
  'transposed convolution': fc
    .record({ inputShape: image, filters: width, size, strides, padding, activation })
    .map(({ inputShape, ...layer }) => ({
      inputShape,
      layers: [
        { type: 'dense', units: 2, activation: 'tanh' },
        { type: 'transposed-convolution', ...layer },
        { type: 'flatten' },
      ],
    })),
  pools: fc
    .record({
      ...{ inputShape: image, units: width, size, strides, padding },
      type: fc.constantFrom('max-pooling' as const, 'average-pooling' as const),
    })
    .filter(fits)
    .map(({ inputShape, units, ...layer }) => ({
      inputShape,
      layers: [{ type: 'dense', units, activation: 'tanh' }, layer, { type: 'flatten' }],
    })),
  'convolution of a sequence': fc
    .record({ ...slidAlong, filters: width, activation, useBias: bool })
    .filter(fits)
    .map(({ inputShape, ...layer }) => ({
      inputShape,
      layers: [
        { type: 'dense', units: 3, activation: 'tanh' },
        { type: 'convolution', ...layer },
        { type: 'flatten' },
      ],
    })),
  'pools of a sequence': fc
    .record({
      ...{ ...slidAlong, units: width },
      type: fc.constantFrom('max-pooling' as const, 'average-pooling' as const),
    })
    .filter(fits)
    .map(({ inputShape, units, ...layer }) => ({
      inputShape,
      layers: [{ type: 'dense', units, activation: 'tanh' }, layer, { type: 'flatten' }],
    })),
  'global pools': fc
    .record({
      ...{ inputShape: image, units: width },
      type: fc.constantFrom('global-max-pooling' as const, 'global-average-pooling' as const),
    })
    .map(({ inputShape, units, type }) => ({
      inputShape,
      layers: [{ type: 'dense', units, activation: 'tanh' }, { type }],
    })),
  'masked global pools, positions': fc
    .record({
      ...{ steps: upTo(6), units: width, hasMask: bool },
      type: fc.constantFrom('global-max-pooling' as const, 'global-average-pooling' as const),
    })
    .map(({ steps, units, hasMask, type }) => ({
      inputShape: [steps],
      tokens: 5,
      layers: [
        { type: 'embedding', tokens: 5, units, hasMask },
        { type: 'position-embedding' },
        { type },
      ],
    })),
  norms: fc
    .record({
      inputShape: sequence,
      units: width,
      type: fc.constantFrom('batch-norm' as const, 'layer-norm' as const),
    })
    .map(({ inputShape, units, type }) => ({
      inputShape,
      // Two features at least: one alone is normalised to nothing, and its gradient is all rounding.
      layers: [
        { type: 'dense', units: units + 1, activation: 'tanh' },
        { type },
        { type: 'flatten' },
      ],
    })),
  'recurrent layers': fc
    .record({
      ...{ steps: fc.integer({ min: 1, max: 6 }), units: width, hasMask: bool },
      type: fc.constantFrom('lstm' as const, 'gru' as const),
      ...{ returnsSequence: bool, isBidirectional: bool },
    })
    .map(({ steps, hasMask, ...layer }) => ({
      inputShape: [steps],
      tokens: 5,
      layers: [
        { type: 'embedding', tokens: 5, units: 3, hasMask },
        layer,
        ...(layer.returnsSequence ? [{ type: 'flatten' } as const] : []),
      ],
    })),
  attention: fc
    .record({
      ...{ steps: fc.integer({ min: 1, max: 9 }), depth: fc.integer({ min: 1, max: 5 }) },
      ...{ heads: extent, hasMask: bool, isCausal: bool },
    })
    .map(({ steps, depth, heads, hasMask, isCausal }) => ({
      inputShape: [steps],
      tokens: 5,
      layers: [
        { type: 'embedding', tokens: 5, units: depth * heads, hasMask },
        { type: 'attention', heads, isCausal },
        { type: 'global-average-pooling' },
      ],
    })),
  'dropout and sums': fc
    .record({ inputs: width, units: width, rate: fc.constantFrom(0.1, 0.5, 0.9) })
    .map(({ inputs, units, rate }) => ({
      inputShape: [inputs],
      layers: [
        { type: 'dense', units, activation: 'tanh' },
        { type: 'dropout', rate },
        { type: 'add', from: [0, 1] },
        { type: 'concatenate', from: [2, 0, 1] },
      ],
    })),
};
