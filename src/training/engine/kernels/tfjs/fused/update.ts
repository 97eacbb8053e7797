/** An optimiser's step of one variable by the kernels of update/: new tensors for the weight and what is kept beside it. */
import { sizeOf } from '../../../../../lib/shape.ts';
import type { OptimizerSpec } from '../../../../run.ts';
import { applyUpdate } from '../../update/plan.ts';
import { asKernel, isFloat, type Inputs, type TensorKernel } from '../kernel.ts';
import { copyOf } from './norm.ts';

interface Attributes {
  spec: OptimizerSpec;
  rate: number;
  /** Counts from 1. */
  steps: number;
}

/** The kernels take four numbers at a time: what is left over is done where there is room for four. */
const update: TensorKernel<Inputs<'weight' | 'gradient', 'first' | 'second'>, Attributes> = (
  { weight, gradient, first, second },
  { spec, rate, steps },
  heap,
) => {
  if (!isFloat(weight, gradient)) return null;
  const { kernels } = heap;
  const outputs = [weight, first, second]
    .filter((tensor) => tensor !== undefined)
    .map((tensor) => copyOf(heap, tensor));
  const size = sizeOf(weight.shape);
  const whole = size - (size % 4);
  const apply = (gradients: number, places: readonly number[], count: number) => {
    const [weights = 0, ...slots] = places;
    applyUpdate(kernels, spec, { weights, gradients, slots, count }, { rate, steps });
  };
  const places = outputs.map((tensor) => heap.at(tensor));
  apply(heap.at(gradient), places, whole);
  const rest = size - whole;
  if (rest > 0) {
    const room = heap.scratch(64);
    kernels.clear(room, 16);
    const parts = [heap.at(gradient), ...places].map((at) => at + 4 * whole);
    const own = parts.map((at, i) => {
      kernels.copy(at, room + 16 * i, rest);
      return room + 16 * i;
    });
    apply(room, own.slice(1), 4);
    for (const [i, at] of own.entries()) if (i > 0) kernels.copy(at, parts[i] ?? 0, rest);
  }
  return outputs;
};

export const updateKernels = { GlasshouseUpdate: asKernel(update) };
