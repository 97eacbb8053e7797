/** Depthwise convolutions in a plan. */
import type { LayerOf } from '../../../../models/spec.ts';
import { windowOf } from '../../../../models/window.ts';
import { planEnding, withEnding } from '../activation/plan.ts';
import { placeWindow } from '../convolution/plan.ts';
import { the, type PlanLayer } from '../plan/layer-plan.ts';

export const planDepthwise: PlanLayer<LayerOf<'depthwise-convolution'>> = (
  spec,
  job,
  workspace,
) => {
  const { kernels } = workspace;
  const input = the(job.inputs);
  const at = placeWindow(
    workspace,
    windowOf(input.shape, spec, spec.type),
    input.shape.at(-1) ?? 1,
  );
  const ending = planEnding(spec.activation, spec.useBias !== false, job, {
    kernels,
    reserve: (count) => workspace.reserve(count),
  });
  const kernel = the(job.parameters);
  const [slope] = job.inputSlopes;
  return withEnding(ending, {
    forward(rows) {
      kernels.depthwise(input.at, kernel, ending.z, at, rows);
    },
    backward(rows) {
      const { outputSlope } = job;
      kernels.depthwiseKernelGradient(input.at, outputSlope, the(job.gradients), at, rows);
      if (!slope?.at) return;
      const isAdded = slope.isAdded ? 1 : 0;
      kernels.depthwiseInputGradient(outputSlope, kernel, slope.at, at, rows, isAdded);
    },
  });
};
