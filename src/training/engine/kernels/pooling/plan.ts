/** Pools in a plan. */
import type { LayerOf } from '../../../../models/spec.ts';
import { windowOf } from '../../../../models/window.ts';
import { placeWindow } from '../convolution/plan.ts';
import { lastDimension, the, type PlanLayer } from '../plan/layer-plan.ts';

export const planPooling: PlanLayer<LayerOf<'max-pooling'> | LayerOf<'average-pooling'>> = (
  spec,
  job,
  workspace,
) => {
  const { kernels } = workspace;
  const input = the(job.inputs);
  const window = windowOf(input.shape, spec, spec.type, spec.size);
  const at = placeWindow(workspace, window, input.shape.at(-1) ?? 1);
  const { at: y, size } = job.output;
  const [slope] = job.inputSlopes;
  const isAdded = slope?.isAdded ? 1 : 0;
  if (spec.type === 'average-pooling')
    return {
      forward(rows) {
        kernels.averagePool(input.at, y, at, rows);
      },
      backward(rows) {
        if (slope?.at) kernels.averagePoolGradient(job.outputSlope, slope.at, at, rows, isAdded);
      },
    };
  const chosen = workspace.reserve(job.rows * size);
  return {
    forward(rows) {
      kernels.maxPool(input.at, y, chosen, at, rows);
    },
    backward(rows) {
      if (slope?.at) kernels.maxPoolGradient(job.outputSlope, chosen, slope.at, at, rows, isAdded);
    },
  };
};

export const planGlobalPooling: PlanLayer<
  LayerOf<'global-max-pooling'> | LayerOf<'global-average-pooling'>
> = ({ type }, job, workspace) => {
  const { kernels } = workspace;
  const input = the(job.inputs);
  const { width, places } = lastDimension(input);
  const { mask, output, outputSlope } = job;
  const [slope] = job.inputSlopes;
  const isAdded = slope?.isAdded ? 1 : 0;
  if (type === 'global-average-pooling')
    return {
      forward(rows) {
        kernels.globalAverage(input.at, mask, output.at, rows, places, width);
      },
      backward(rows) {
        if (!slope?.at) return;
        kernels.globalAverageGradient(
          ...([outputSlope, mask, slope.at, rows, places, width, isAdded] as const),
        );
      },
    };
  const chosen = workspace.reserve(job.rows * width);
  return {
    forward(rows) {
      kernels.globalMax(input.at, mask, output.at, chosen, rows, places, width);
    },
    backward(rows) {
      if (!slope?.at) return;
      kernels.globalMaxGradient(
        ...([outputSlope, chosen, slope.at, rows, places, width, isAdded] as const),
      );
    },
  };
};
