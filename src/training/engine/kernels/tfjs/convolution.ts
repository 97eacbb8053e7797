/** Convolutions of tfjs and their gradients. Those that tfjs's wasm backend lacks, and those that are faster here. */
import {
  backend_util as util,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type Conv2DInfo,
  type FusedConv2DAttrs,
  type TensorInfo,
} from '../../../../models/engine/tf.ts';
import { end, hasEnding } from './ending.ts';
import type { TensorHeap } from './heap.ts';
import { asKernel, isDense, isFloat, type Inputs, type TensorKernel } from './kernel.ts';

type Shape4D = [number, number, number, number];

interface Attributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | Conv2DBackpropFilterAttrs['pad'];
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dilations?: [number, number] | number;
}

/** Null for dilated ones, and for a layout or tensors that the kernels don't take. */
function infoOf(
  input: readonly number[],
  filter: readonly number[],
  { strides, pad, dataFormat, dimRoundingMode, dilations }: Attributes,
  ...tensors: TensorInfo[]
): Conv2DInfo | null {
  if (!isDense(dilations) || dataFormat !== 'NHWC' || !isFloat(...tensors)) return null;
  return util.computeConv2DInfo(
    ...([input as Shape4D, filter as Shape4D, strides, 1, pad, dimRoundingMode] as const), // of rank 4, says the op
  );
}

const convolution: TensorKernel<Inputs<'x' | 'filter'>, Conv2DAttrs> = (
  { x, filter },
  attributes,
  heap,
) => {
  const info = infoOf(x.shape, filter.shape, attributes, x, filter);
  return info && convolve(heap, x, filter, info);
};

const fusedConvolution: TensorKernel<Inputs<'x' | 'filter', 'bias'>, FusedConv2DAttrs> = (
  { x, filter, bias },
  attributes,
  heap,
) => {
  const info = infoOf(x.shape, filter.shape, attributes, x, filter);
  const { activation } = attributes;
  const ending = { activation, bias, columns: filter.shape[3] ?? 0 };
  if (!info || !hasEnding(ending)) return null;
  const output = convolve(heap, x, filter, info);
  end(heap, output, ending);
  return output;
};

function convolve(heap: TensorHeap, x: TensorInfo, filter: TensorInfo, info: Conv2DInfo) {
  const { kernels } = heap;
  const { outChannels: filters, batchSize, outShape } = info;
  const output = heap.output(outShape);
  const window = heap.window(info);
  const scratch = heap.scratch(kernels.convolutionScratch(window, filters));
  kernels.convolve(
    ...([heap.at(x), heap.at(filter), heap.at(output), window, batchSize, filters] as const),
    scratch,
  );
  return output;
}

const filterGradient: TensorKernel<Inputs<'x' | 'dy'>, Conv2DBackpropFilterAttrs> = (
  { x, dy },
  attributes,
  heap,
) => {
  const { filterShape } = attributes;
  const info = infoOf(x.shape, filterShape, attributes, x, dy);
  if (!info) return null;
  const { kernels } = heap;
  const { outChannels: filters, batchSize } = info;
  const output = heap.output(filterShape);
  const window = heap.window(info);
  const scratch = heap.scratch(kernels.convolutionScratch(window, filters));
  kernels.convolveKernelGradient(
    ...([heap.at(x), heap.at(dy), heap.at(output), window, batchSize, filters, scratch] as const),
  );
  return output;
};

const inputGradient: TensorKernel<Inputs<'dy' | 'filter'>, Conv2DBackpropInputAttrs> = (
  { dy, filter },
  attributes,
  heap,
) => {
  const { inputShape } = attributes;
  const info = infoOf(inputShape, filter.shape, attributes, dy, filter);
  if (!info) return null;
  const { kernels } = heap;
  const { outChannels: filters, batchSize } = info;
  const output = heap.output(inputShape);
  const window = heap.window(info);
  const scratch = heap.scratch(kernels.convolutionScratch(window, filters));
  kernels.convolveInputGradient(
    ...([heap.at(dy), heap.at(filter), heap.at(output), window, batchSize, filters, 0] as const),
    scratch,
  );
  return output;
};

export const convolutionKernels = {
  Conv2D: asKernel(convolution),
  FusedConv2D: asKernel(fusedConvolution),
  Conv2DBackpropFilter: asKernel(filterGradient),
  Conv2DBackpropInput: asKernel(inputGradient),
};
