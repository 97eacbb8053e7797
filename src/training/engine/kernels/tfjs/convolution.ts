/** Convolutions of tfjs and their gradients. Those that tfjs's wasm backend lacks, and those that are faster here. */
import {
  backend_util as util,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type Conv2DInfo,
  type TensorInfo,
} from '../../../../models/engine/tf.ts';
import { asKernel, isFloat, type Inputs, type TensorKernel } from './kernel.ts';

type Shape4D = [number, number, number, number];

interface Attributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | Conv2DBackpropFilterAttrs['pad'];
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Null for a layout or tensors that the kernels don't take. */
function infoOf(
  input: readonly number[],
  filter: readonly number[],
  { strides, pad, dataFormat, dimRoundingMode }: Attributes,
  ...tensors: TensorInfo[]
): Conv2DInfo | null {
  if (dataFormat !== 'NHWC' || !isFloat(...tensors)) return null;
  return util.computeConv2DInfo(
    ...([input as Shape4D, filter as Shape4D, strides, 1, pad, dimRoundingMode] as const), // of rank 4, says the op
  );
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
  Conv2DBackpropFilter: asKernel(filterGradient),
  Conv2DBackpropInput: asKernel(inputGradient),
};
