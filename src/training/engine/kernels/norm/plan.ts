/** Batch norm and layer norm in a plan. */
import { batchNormEpsilon, batchNormMomentum, layerNormEpsilon } from '../../../../models/norms.ts';
import { lastDimension, the, type PlanLayer } from '../plan/layer-plan.ts';

export const planBatchNorm: PlanLayer<unknown> = (_spec, job, workspace) => {
  const { kernels } = workspace;
  const x = the(job.inputs).at;
  const y = job.output.at;
  const { width, places } = lastDimension(job.output);
  const { parameters, gradients } = job;
  const [gamma, beta, mean, variance] = [
    the(parameters, 0),
    the(parameters, 1),
    the(parameters, 2),
    the(parameters, 3),
  ];
  const [centre, spread] = [workspace.reserve(width), workspace.reserve(width)];
  const [slope] = job.inputSlopes;
  const isAdded = slope?.isAdded ? 1 : 0;
  return {
    forward(rows) {
      const lines = rows * places;
      if (job.isTraining)
        kernels.batchNorm(
          ...([x, gamma, beta, mean, variance, y, centre, spread, lines, width] as const),
          ...([batchNormEpsilon, batchNormMomentum] as const),
        );
      else
        kernels.batchNormFixed(
          ...([x, gamma, beta, mean, variance, y, spread, lines, width, batchNormEpsilon] as const),
        );
    },
    backward(rows) {
      kernels.batchNormGradient(
        ...([x, gamma, centre, spread, job.outputSlope, the(gradients, 0)] as const),
        ...([the(gradients, 1), slope?.at ?? 0, rows * places, width, isAdded] as const),
      );
    },
  };
};

export const planLayerNorm: PlanLayer<unknown> = (_spec, job, workspace) => {
  const { kernels } = workspace;
  const x = the(job.inputs).at;
  const y = job.output.at;
  const { width, places } = lastDimension(job.output);
  const [gamma, beta] = [the(job.parameters, 0), the(job.parameters, 1)];
  const lines = job.rows * places;
  const [centre, spread] = [workspace.reserve(lines), workspace.reserve(lines)];
  const [slope] = job.inputSlopes;
  const isAdded = slope?.isAdded ? 1 : 0;
  return {
    forward(rows) {
      kernels.layerNorm(
        ...([x, gamma, beta, y, centre, spread, rows * places, width, layerNormEpsilon] as const),
      );
    },
    backward(rows) {
      kernels.layerNormGradient(
        ...([x, gamma, centre, spread, job.outputSlope, the(job.gradients, 0)] as const),
        ...([the(job.gradients, 1), slope?.at ?? 0, rows * places, width, isAdded] as const),
      );
    },
  };
};
