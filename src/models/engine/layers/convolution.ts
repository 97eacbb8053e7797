/** Convolutions of images and sequences; a sequence is an image of height 1. */
import type { LayerOf } from '../../spec.ts';
import { transposedWindowOf, windowOf, type Window } from '../../window.ts';
import { biasActivation } from '../fused/bias-activation.ts';
import {
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  pad,
  reshape,
  type Tensor,
  type Tensor4D,
  type Variable,
} from '../tf.ts';
import { given, type ApplyLayer } from './layer.ts';

export const applyConvolution: ApplyLayer<LayerOf<'convolution'>> = (
  spec,
  [input],
  [kernel, bias],
  { inputShapes, outputShape },
) => {
  const window = windowOf(given(inputShapes[0]), spec, spec.type);
  const y = conv2d(
    padded(imageOf(given(input)), window),
    kernel4(kernel),
    [window.strideY, window.strideX],
    'valid',
  );
  return finish(spec, y, bias, outputShape);
};

export const applyDepthwiseConvolution: ApplyLayer<LayerOf<'depthwise-convolution'>> = (
  spec,
  [input],
  [kernel, bias],
  { inputShapes, outputShape },
) => {
  const window = windowOf(given(inputShapes[0]), spec, spec.type);
  const x = padded(imageOf(given(input)), window);
  const { strideY, strideX } = window;
  const y = depthwiseConv2d(x, kernel4(kernel), [strideY, strideX], 'valid');
  return finish(spec, y, bias, outputShape);
};

export const applyTransposedConvolution: ApplyLayer<LayerOf<'transposed-convolution'>> = (
  spec,
  [input],
  [kernel, bias],
  { inputShapes, outputShape },
) => {
  const image = imageOf(given(input));
  const window = transposedWindowOf(given(inputShapes[0]), spec, spec.type);
  const [batch] = image.shape;
  const y = conv2dTranspose(
    image,
    kernel4(kernel),
    [batch, window.inHeight, window.inWidth, spec.filters],
    [window.strideY, window.strideX],
    spec.padding ?? 'valid',
  );
  return finish(spec, y, bias, outputShape);
};

/** [batch, height, width, channels] */
export function imageOf(x: Tensor): Tensor4D {
  const [batch = 0, ...shape] = x.shape;
  const [width = 1, height = 1, channels = 1] = [
    shape.at(-2),
    shape.length > 2 ? shape[0] : 1,
    shape.at(-1),
  ];
  return reshape(x, [batch, height, width, channels]);
}

/** With what a window of "same" needs around it. */
export function padded(x: Tensor4D, window: Window): Tensor4D {
  const { inHeight, inWidth, outHeight, outWidth, height, width, strideY, strideX, top, left } =
    window;
  const below = Math.max(0, (outHeight - 1) * strideY + height - inHeight - top);
  const right = Math.max(0, (outWidth - 1) * strideX + width - inWidth - left);
  if (top + left + below + right === 0) return x;
  return pad(x, [
    [0, 0],
    [top, below],
    [left, right],
    [0, 0],
  ]);
}

function kernel4(kernel: Variable | undefined): Tensor4D {
  return given(kernel) as Tensor as Tensor4D; // a rank-4 variable
}

function finish(
  { activation }: Pick<LayerOf<'convolution'>, 'activation'>,
  y: Tensor4D,
  bias: Variable | undefined,
  outputShape: readonly number[],
): Tensor {
  return biasActivation(reshape(y, [y.shape[0], ...outputShape]), bias, activation);
}
