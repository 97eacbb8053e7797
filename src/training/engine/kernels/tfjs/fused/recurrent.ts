/** models/engine/fused/recurrent.ts by the kernels of recurrent/. In here sequences are [steps, rows, …]. */
import type { RecurrentOptions } from '../../../../../models/engine/fused/recurrent.ts';
import type { TensorInfo } from '../../../../../models/engine/tf.ts';
import type { TensorHeap } from '../heap.ts';
import { asKernel, isFloat, type Inputs, type TensorKernel } from '../kernel.ts';
import { copyOf } from './norm.ts';

const gatesOf = ({ type }: RecurrentOptions) => (type === 'lstm' ? 4 : 3);

/** Where the states begin that a step starts from, that it gives, and the last one. */
function places(hidden: number, rows: number, steps: number, options: RecurrentOptions) {
  const state = 4 * rows * options.units;
  return options.isBackward
    ? { before: hidden + state, after: hidden, last: hidden }
    : { before: hidden, after: hidden + state, last: hidden + steps * state };
}

function scratchFor(
  heap: TensorHeap,
  rows: number,
  steps: number,
  width: number,
  options: RecurrentOptions,
) {
  const { kernels } = heap;
  const { units } = options;
  const wide = gatesOf(options) * units;
  const lines = steps * rows;
  return heap.scratch(
    Math.max(
      kernels.recurrentScratch(rows, units, gatesOf(options)),
      kernels.gemmScratch(lines, wide, width),
      kernels.gemmScratch(lines, width, wide),
      kernels.gemmScratch(width, wide, lines),
      kernels.gemmScratch(units, wide, lines),
    ),
  );
}

const at = (heap: TensorHeap, tensor: TensorInfo | undefined) => (tensor ? heap.at(tensor) : 0);

/** @returns the output, x by steps, gates, hidden states, and the cells of an LSTM or the inner products of a GRU */
const recurrent: TensorKernel<
  Inputs<'x' | 'kernel' | 'recurrent' | 'bias', 'recurrentBias' | 'mask'>,
  RecurrentOptions
> = ({ x, kernel, recurrent: inner, bias, recurrentBias, mask }, options, heap) => {
  if (!isFloat(x, kernel, inner, bias)) return null;
  const { kernels } = heap;
  const { units, type, returnsSequence } = options;
  const [rows = 0, steps = 0, width = 0] = x.shape;
  const wide = gatesOf(options) * units;
  const lines = steps * rows;
  const y = heap.output(returnsSequence ? [rows, steps, units] : [rows, units]);
  const swapped = heap.output([steps, rows, width]);
  const gates = heap.output([steps, rows, wide]);
  const hidden = heap.output([steps + 1, rows, units]);
  const extra = heap.output(type === 'lstm' ? [steps + 1, rows, units] : [steps, rows, wide]);
  const scratch = scratchFor(heap, rows, steps, width, options);
  const isBackward = options.isBackward ? 1 : 0;
  const [z, h] = [heap.at(gates), heap.at(hidden)];
  kernels.swapOuter(heap.at(x), heap.at(swapped), rows, steps, width, 0);
  kernels.gemm(
    ...([heap.at(swapped), width, 1, heap.at(kernel), wide, 1, z, wide] as const),
    ...([lines, wide, width, 0, scratch] as const),
  );
  kernels.addBias(z, heap.at(bias), lines, wide);
  const sizes = [at(heap, mask), steps, rows, units, isBackward, scratch] as const;
  if (type === 'lstm') kernels.lstm(z, heap.at(inner), h, heap.at(extra), ...sizes);
  else kernels.gru(z, heap.at(inner), at(heap, recurrentBias), heap.at(extra), h, ...sizes);
  const { after, last } = places(h, rows, steps, options);
  if (returnsSequence) kernels.swapOuter(after, heap.at(y), steps, rows, units, 0);
  else kernels.copy(last, heap.at(y), rows * units);
  return [y, swapped, gates, hidden, extra];
};

/** @returns gradients of x, the kernel, the recurrent kernel, the bias and, for a GRU, the recurrent bias */
const recurrentGradient: TensorKernel<
  Inputs<'dy' | 'swapped' | 'gates' | 'hidden' | 'extra' | 'kernel' | 'recurrent', 'mask'>,
  RecurrentOptions
> = ({ dy, swapped, gates, hidden, extra, kernel, recurrent: inner, mask }, options, heap) => {
  if (!isFloat(dy, swapped, gates, hidden, extra, kernel, inner)) return null;
  const { kernels } = heap;
  const { units, type, returnsSequence } = options;
  const [steps = 0, rows = 0, width = 0] = swapped.shape;
  const wide = gatesOf(options) * units;
  const lines = steps * rows;
  const dx = heap.output([rows, steps, width]);
  const [dKernel, dRecurrent] = [heap.output(kernel.shape), heap.output(inner.shape)];
  const dBias = heap.output([wide]);
  const dRecurrentBias = type === 'gru' ? heap.output([wide]) : undefined;
  // What is changed or needed on the way alone.
  const slopes = copyOf(heap, gates);
  const innerSlopes = type === 'gru' ? copyOf(heap, extra) : slopes;
  const [slope, cellSlope] = [heap.output([rows, units]), heap.output([rows, units])];
  const outer = returnsSequence ? heap.output([steps, rows, units]) : dy;
  const xSlopes = heap.output([steps, rows, width]);
  const scratch = scratchFor(heap, rows, steps, width, options);
  if (outer !== dy) kernels.swapOuter(heap.at(dy), heap.at(outer), rows, steps, units, 0);
  const [z, r] = [heap.at(slopes), heap.at(innerSlopes)];
  const ends = [heap.at(outer), returnsSequence ? 0 : 1, heap.at(slope)] as const;
  const sizes = [steps, rows, units, options.isBackward ? 1 : 0, scratch] as const;
  if (type === 'lstm')
    kernels.lstmGradient(
      ...([z, heap.at(inner), heap.at(extra), at(heap, mask)] as const),
      ...([...ends, heap.at(cellSlope), ...sizes] as const),
    );
  else
    kernels.gruGradient(
      ...([z, heap.at(inner), r, heap.at(hidden), at(heap, mask), ...ends, ...sizes] as const),
    );
  kernels.columnSums(z, lines, wide, heap.at(dBias));
  if (dRecurrentBias) kernels.columnSums(r, lines, wide, heap.at(dRecurrentBias));
  const { before } = places(heap.at(hidden), rows, steps, options);
  kernels.gemm(
    ...([before, 1, units, r, wide, 1, heap.at(dRecurrent), wide] as const),
    ...([units, wide, lines, 0, scratch] as const),
  );
  kernels.gemm(
    ...([heap.at(swapped), 1, width, z, wide, 1, heap.at(dKernel), wide] as const),
    ...([width, wide, lines, 0, scratch] as const),
  );
  kernels.gemm(
    ...([z, wide, 1, heap.at(kernel), 1, wide, heap.at(xSlopes), width] as const),
    ...([lines, width, wide, 0, scratch] as const),
  );
  kernels.swapOuter(heap.at(xSlopes), heap.at(dx), steps, rows, width, 0);
  for (const done of new Set([slopes, innerSlopes, slope, cellSlope, xSlopes])) heap.dispose(done);
  if (outer !== dy) heap.dispose(outer);
  return [dx, dKernel, dRecurrent, dBias, ...(dRecurrentBias ? [dRecurrentBias] : [])];
};

export const recurrentKernels = {
  GlasshouseRecurrent: asKernel(recurrent),
  GlasshouseRecurrentGradient: asKernel(recurrentGradient),
};
