/**
 * Pools of maxima, for which tfjs takes the nearest pixel where a window lies in the padding, and gradients of pools:
 * its own of maxima is wrong wherever a window holds no positive number, and its of averages where a window reaches
 * into the padding, which its forward pass doesn't count.
 */
import {
  backend_util as util,
  type AvgPoolGradAttrs,
  type MaxPoolAttrs,
  type MaxPoolGradAttrs,
} from '../../../../models/engine/tf.ts';
import { asKernel, isFloat, type Inputs, type TensorKernel } from './kernel.ts';

type Shape4D = [number, number, number, number];

const maxPool: TensorKernel<Inputs<'x'>, MaxPoolAttrs> = (
  { x },
  { filterSize, strides, pad, dimRoundingMode },
  heap,
) => {
  if (!isFloat(x)) return null;
  const shape = x.shape as Shape4D; // says the op
  const info = util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const output = heap.output(info.outShape);
  const chosen = heap.output(info.outShape);
  const places = [heap.at(x), heap.at(output), heap.at(chosen)] as const;
  heap.kernels.maxPool(...places, heap.window(info), info.batchSize);
  heap.dispose(chosen);
  return output;
};

const maxPoolGradient: TensorKernel<Inputs<'dy' | 'input'>, MaxPoolGradAttrs> = (
  { dy, input },
  { filterSize, strides, pad, dimRoundingMode },
  heap,
) => {
  if (!isFloat(dy, input)) return null;
  const shape = input.shape as Shape4D; // says the op
  const info = util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { kernels } = heap;
  const { batchSize } = info;
  const output = heap.output(shape);
  const again = heap.output(info.outShape);
  const chosen = heap.output(info.outShape);
  const window = heap.window(info);
  kernels.maxPool(heap.at(input), heap.at(again), heap.at(chosen), window, batchSize);
  kernels.maxPoolGradient(heap.at(dy), heap.at(chosen), heap.at(output), window, batchSize, 0);
  heap.dispose(again);
  heap.dispose(chosen);
  return output;
};

const averagePoolGradient: TensorKernel<Inputs<'dy' | 'input'>, AvgPoolGradAttrs> = (
  { dy, input },
  { filterSize, strides, pad },
  heap,
) => {
  if (!isFloat(dy, input)) return null;
  const shape = input.shape as Shape4D; // says the op
  const info = util.computePool2DInfo(shape, filterSize, strides, 1, pad);
  const output = heap.output(shape);
  heap.kernels.averagePoolGradient(
    ...([heap.at(dy), heap.at(output), heap.window(info), info.batchSize, 0] as const),
  );
  return output;
};

export const poolingKernels = {
  AvgPoolGrad: asKernel(averagePoolGradient),
  MaxPool: asKernel(maxPool),
  MaxPoolGrad: asKernel(maxPoolGradient),
};
