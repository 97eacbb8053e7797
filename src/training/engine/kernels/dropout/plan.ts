/** Dropout in a plan: masks from the step's key and the layer's place, as models/dropout-mask.ts draws them. */
import { leastKept } from '../../../../models/dropout-mask.ts';
import type { LayerOf } from '../../../../models/spec.ts';
import { the, type PlanLayer } from '../plan/layer-plan.ts';

export const planDropout: PlanLayer<LayerOf<'dropout'>> = ({ rate }, job, workspace) => {
  const { kernels } = workspace;
  const input = the(job.inputs);
  const { at: y, size } = job.output;
  const [slope] = job.inputSlopes;
  if (!job.isTraining || rate === 0)
    return {
      forward(rows) {
        kernels.copy(input.at, y, rows * size);
      },
      backward(rows) {
        if (!slope?.at) return;
        if (slope.isAdded) kernels.addInto(slope.at, job.outputSlope, rows * size);
        else if (slope.at !== job.outputSlope) kernels.copy(job.outputSlope, slope.at, rows * size);
      },
    };
  const mask = workspace.reserve(job.rows * size + 8);
  const least = leastKept(rate) | 0;
  const kept = 1 / (1 - rate);
  return {
    forward(rows) {
      const { key, offset } = job.draw;
      const first = Math.floor((offset * size) / 2);
      kernels.dropout(
        ...([input.at, y, mask, rows * size, key | 0, job.place, first, least, kept] as const),
      );
    },
    backward(rows) {
      if (!slope?.at) return;
      const count = rows * size;
      kernels.multiply(job.outputSlope, mask, count);
      if (slope.isAdded) kernels.addInto(slope.at, job.outputSlope, count);
      else if (slope.at !== job.outputSlope) kernels.copy(job.outputSlope, slope.at, count);
    },
  };
};
