/** Embeddings of tokens and of places in a plan. */
import type { LayerOf } from '../../../../models/spec.ts';
import { the, type PlanLayer } from '../plan/layer-plan.ts';

export const planEmbedding: PlanLayer<LayerOf<'embedding'>> = (spec, job, { kernels }) => {
  const input = the(job.inputs);
  const { tokens, units } = spec;
  const { output, ownMask, outputSlope } = job;
  return {
    forward(rows) {
      const count = rows * input.size;
      kernels.embed(input.at, the(job.parameters), output.at, ownMask, count, units, tokens);
    },
    backward(rows) {
      const count = rows * input.size;
      kernels.embedGradient(input.at, outputSlope, the(job.gradients), count, units, tokens);
    },
  };
};

/** The gradient of a place's vector is the sum over the batch: columns are steps × features. */
export const planPositionEmbedding: PlanLayer<unknown> = (_spec, job, { kernels }) => {
  const input = the(job.inputs);
  const { at: y, size } = job.output;
  const [slope] = job.inputSlopes;
  return {
    forward(rows) {
      kernels.copy(input.at, y, rows * size);
      kernels.addBias(y, the(job.parameters), rows, size);
    },
    backward(rows) {
      kernels.columnSums(job.outputSlope, rows, size, the(job.gradients));
      if (!slope?.at) return;
      if (slope.isAdded) kernels.addInto(slope.at, job.outputSlope, rows * size);
      else kernels.copy(job.outputSlope, slope.at, rows * size);
    },
  };
};
