/** Pools of windows and of all places. */
import type { LayerOf } from '../../spec.ts';
import { windowOf, type Window } from '../../window.ts';
import {
  avgPool,
  div,
  expandDims,
  max,
  maximum,
  maxPool,
  mean,
  mul,
  reshape,
  scalar,
  sub,
  sum,
  tensor,
  type Tensor,
  type Tensor4D,
} from '../tf.ts';
import { imageOf, padded } from './convolution.ts';
import { given, type ApplyLayer } from './layer.ts';

type Pool = LayerOf<'max-pooling'> | LayerOf<'average-pooling'>;

export const applyPooling: ApplyLayer<Pool> = (
  spec,
  [input],
  _variables,
  { inputShapes, outputShape },
) => {
  const window = windowOf(given(inputShapes[0]), spec, spec.type, spec.size);
  const image = imageOf(given(input));
  const size: [number, number] = [window.height, window.width];
  const strides: [number, number] = [window.strideY, window.strideX];
  const shape = [image.shape[0], ...outputShape];
  if (spec.type === 'max-pooling')
    return reshape(maxPool(image, size, strides, spec.padding ?? 'valid'), shape);
  // tfjs's gradient of a padded average counts the padding: it is averaged too here, and made good for.
  const y = avgPool(padded(image, window), size, strides, 'valid');
  return reshape(
    mul(y, tensor(paddingShares(window), [1, window.outHeight, window.outWidth, 1])),
    shape,
  );
};

/** Of each output: how many places its window has, to how many of them lie in the image. */
function paddingShares(window: Window): Float32Array {
  const inside = (output: number, stride: number, before: number, extent: number, length: number) =>
    Math.min(length, output * stride - before + extent) - Math.max(0, output * stride - before);
  const { outWidth, height, width } = window;
  return Float32Array.from({ length: window.outHeight * outWidth }, (_, i) => {
    const [y, x] = [Math.floor(i / outWidth), i % outWidth];
    const rows = inside(y, window.strideY, window.top, height, window.inHeight);
    const columns = inside(x, window.strideX, window.left, width, window.inWidth);
    return (height * width) / (rows * columns);
  });
}

export const applyGlobalPooling: ApplyLayer<
  LayerOf<'global-max-pooling'> | LayerOf<'global-average-pooling'>
> = ({ type }, [input], _variables, { mask }) => {
  const x = given(input);
  const [batch = 0, ...shape] = x.shape;
  const [places, width] = [
    shape.slice(0, -1).reduce((product, n) => product * n, 1),
    shape.at(-1) ?? 1,
  ];
  const flat = reshape(x, [batch, places, width]);
  const counts = mask && expandDims(mask, 2); // [batch, steps, 1]
  if (type === 'global-average-pooling')
    return counts
      ? div(sum(mul(flat, counts), 1), maximum(sum(counts, 1), scalar(1)))
      : mean(flat, 1);
  const image = (values: Tensor): Tensor4D => reshape(values, [batch, places, 1, width]);
  // By a pool: its gradient goes to the first of several largest alone, that of max to all of them.
  const largest = (values: Tensor) =>
    reshape(maxPool(image(values), [places, 1], 1, 'valid'), [batch, width]);
  return counts ? mul(largest(withoutPadding(flat, counts)), max(counts, 1)) : largest(flat);
};

/** Padding far below all else. */
function withoutPadding(x: Tensor, counts: Tensor): Tensor {
  return sub(mul(x, counts), mul(sub(scalar(1), counts), scalar(1e9)));
}
