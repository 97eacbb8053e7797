/** Pools of windows and of all places. */
import type { LayerOf } from '../../spec.ts';
import { windowOf } from '../../window.ts';
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
  type Tensor,
  type Tensor4D,
} from '../tf.ts';
import { imageOf } from './convolution.ts';
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
  const pool = spec.type === 'max-pooling' ? maxPool : avgPool;
  const y = pool(
    image,
    [window.height, window.width],
    [window.strideY, window.strideX],
    spec.padding ?? 'valid',
  );
  return reshape(y, [image.shape[0], ...outputShape]);
};

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
    reshape(maxPool(image(values), [places, 1], 1, 'valid'), [
      batch,
      width,
    ]);
  return counts ? mul(largest(withoutPadding(flat, counts)), max(counts, 1)) : largest(flat);
};

/** Padding far below all else. */
function withoutPadding(x: Tensor, counts: Tensor): Tensor {
  return sub(mul(x, counts), mul(sub(scalar(1), counts), scalar(1e9)));
}
