/**
 * Depthwise convolutions, which tfjs's wasm backend has wrong where a number says how far to pad, and their gradients,
 * which it lacks. A channel that has several filters is laid out as often as it has any: then each has one.
 */
import { sizeOf } from '../../../../lib/shape.ts';
import {
  backend_util as util,
  type Conv2DInfo,
  type DepthwiseConv2dNativeAttrs,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type TensorInfo,
} from '../../../../models/engine/tf.ts';
import type { TensorHeap } from './heap.ts';
import { asKernel, isDense, isFloat, type Inputs, type TensorKernel } from './kernel.ts';

type FilterAttributes = DepthwiseConv2dNativeBackpropFilterAttrs;
type Shape4D = [number, number, number, number];

/** Null for dilated ones, and for tensors that the kernels don't take. */
function infoOf(
  input: readonly number[],
  filter: readonly number[],
  { strides, pad, dilations, dimRoundingMode }: Omit<FilterAttributes, 'filterShape'>,
  ...tensors: TensorInfo[]
): Conv2DInfo | null {
  if (!isDense(dilations) || !isFloat(...tensors)) return null;
  return util.computeConv2DInfo(
    ...([input as Shape4D, filter as Shape4D, strides, 1, pad] as const), // of rank 4, says the op
    ...([dimRoundingMode, true] as const),
  );
}

const convolution: TensorKernel<Inputs<'x' | 'filter'>, DepthwiseConv2dNativeAttrs> = (
  { x, filter },
  attributes,
  heap,
) => {
  if (attributes.dataFormat !== 'NHWC') return null;
  const { dimRoundingMode = 'floor' } = attributes;
  const info = infoOf(x.shape, filter.shape, { ...attributes, dimRoundingMode }, x, filter);
  if (!info) return null;
  const output = heap.output(info.outShape);
  const repeated = repeat(heap, x, info);
  const window = heap.window(info, info.outChannels);
  heap.kernels.depthwise(
    ...([heap.at(repeated), heap.at(filter), heap.at(output), window, info.batchSize] as const),
  );
  if (repeated !== x) heap.dispose(repeated);
  return output;
};

const filterGradient: TensorKernel<Inputs<'x' | 'dy'>, FilterAttributes> = (
  { x, dy },
  attributes,
  heap,
) => {
  const { filterShape } = attributes;
  const info = infoOf(x.shape, filterShape, attributes, x, dy);
  if (!info) return null;
  const output = heap.output(filterShape);
  const repeated = repeat(heap, x, info);
  const window = heap.window(info, info.outChannels);
  heap.kernels.depthwiseKernelGradient(
    ...([heap.at(repeated), heap.at(dy), heap.at(output), window, info.batchSize] as const),
  );
  if (repeated !== x) heap.dispose(repeated);
  return output;
};

const inputGradient: TensorKernel<
  Inputs<'dy' | 'filter'>,
  DepthwiseConv2dNativeBackpropInputAttrs
> = ({ dy, filter }, attributes, heap) => {
  const { inputShape } = attributes;
  const info = infoOf(inputShape, filter.shape, attributes, dy, filter);
  if (!info) return null;
  const { outChannels, inChannels, batchSize } = info;
  const wide = heap.output([...inputShape.slice(0, 3), outChannels]);
  const window = heap.window(info, outChannels);
  heap.kernels.depthwiseInputGradient(
    ...([heap.at(dy), heap.at(filter), heap.at(wide), window, batchSize, 0] as const),
  );
  if (outChannels === inChannels) return wide;
  const output = heap.output(inputShape);
  const [from, to] = [heap.at(wide), heap.at(output)];
  const times = outChannels / inChannels;
  for (let k = 0; k < times; k++)
    heap.kernels.copyRows(from + 4 * k, times, to, 1, sizeOf(inputShape), 1, k === 0 ? 0 : 1);
  heap.dispose(wide);
  return output;
};

/** [..., channels] → [..., channels · filters of each] */
function repeat(heap: TensorHeap, x: TensorInfo, { inChannels, outChannels }: Conv2DInfo) {
  if (inChannels === outChannels) return x;
  const times = outChannels / inChannels;
  const wide = heap.output([...x.shape.slice(0, 3), outChannels]);
  const [from, to] = [heap.at(x), heap.at(wide)];
  for (let k = 0; k < times; k++)
    heap.kernels.copyRows(from, 1, to + 4 * k, times, sizeOf(x.shape), 1, 0);
  return wide;
}

export const depthwiseKernels = {
  DepthwiseConv2dNative: asKernel(convolution),
  DepthwiseConv2dNativeBackpropFilter: asKernel(filterGradient),
  DepthwiseConv2dNativeBackpropInput: asKernel(inputGradient),
};
