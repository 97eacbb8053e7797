/** Sums of rows that carry the same number: the gradient of every gather, which tfjs's wasm backend lacks. */
import { sizeOf } from '../../../../lib/shape.ts';
import type { UnsortedSegmentSumAttrs } from '../../../../models/engine/tf.ts';
import { asKernel, isFloat, type Inputs, type TensorKernel } from './kernel.ts';

const segmentSum: TensorKernel<Inputs<'x' | 'segmentIds'>, UnsortedSegmentSumAttrs> = (
  { x, segmentIds },
  { numSegments },
  heap,
) => {
  if (!isFloat(x) || segmentIds.dtype !== 'int32') return null;
  const [rows = 1, ...shape] = x.shape;
  const rank = segmentIds.shape.length;
  if (rank === 0 || x.shape.slice(0, rank).join() !== segmentIds.shape.join()) return null;
  const output = heap.output([numSegments, ...shape]);
  heap.kernels.segmentSum(
    ...([heap.at(segmentIds), heap.at(x), heap.at(output), rows] as const),
    ...([sizeOf(shape.slice(0, rank - 1)), sizeOf(shape.slice(rank - 1)), numSegments] as const),
  );
  return output;
};

export const segmentKernels = { UnsortedSegmentSum: asKernel(segmentSum) };
