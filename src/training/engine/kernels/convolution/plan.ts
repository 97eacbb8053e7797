/** Convolutions in a plan, and transposed ones: a convolution's gradient of its input, the other way round. */
import type { LayerOf } from '../../../../models/spec.ts';
import { transposedWindowOf, windowOf, type Window } from '../../../../models/window.ts';
import { planEnding, withEnding } from '../activation/plan.ts';
import { planEndedProduct } from '../dense/plan.ts';
import { lastDimension, the, type PlanLayer } from '../plan/layer-plan.ts';
import type { Workspace } from '../workspace.ts';

/** A window as the kernels read it. @param channels of the larger image */
export function placeWindow(workspace: Workspace, window: Window, channels: number): number {
  const at = workspace.reserve(12);
  workspace.placeWords(at, [
    ...[window.inHeight, window.inWidth, channels, window.outHeight, window.outWidth],
    ...[window.height, window.width, window.strideY, window.strideX, window.top, window.left],
  ]);
  return at;
}

export const planConvolution: PlanLayer<LayerOf<'convolution'>> = (spec, job, workspace) => {
  const { kernels } = workspace;
  const input = the(job.inputs);
  const { width: channels, places } = lastDimension(input);
  const window = windowOf(input.shape, spec, spec.type);
  const ending = planEnding(spec.activation, spec.useBias !== false, job, {
    kernels,
    reserve: (count) => workspace.reserve(count),
  });
  const { filters } = spec;
  const kernel = the(job.parameters);
  const kernelGradient = job.gradients[0] ?? 0;
  const [inputSlope] = job.inputSlopes;
  const { outputSlope } = job;
  if (isPointwise(window))
    return planEndedProduct(workspace, ending, {
      lines: (rows) => rows * places,
      mostLines: job.rows * places,
      width: channels,
      units: filters,
      input: input.at,
      kernel,
      ...{ kernelGradient, outputSlope, inputSlope },
    });
  const at = placeWindow(workspace, window, channels);
  workspace.needScratch(kernels.convolutionScratch(at, filters));
  return withEnding(ending, {
    forward(rows) {
      kernels.convolve(input.at, kernel, ending.z, at, rows, filters, workspace.scratch);
    },
    backward(rows) {
      const { scratch } = workspace;
      kernels.convolveKernelGradient(
        ...([input.at, outputSlope, kernelGradient, at, rows, filters, scratch] as const),
      );
      if (!inputSlope?.at) return;
      const isAdded = inputSlope.isAdded ? 1 : 0;
      kernels.convolveInputGradient(
        ...([outputSlope, kernel, inputSlope.at, at, rows, filters, isAdded, scratch] as const),
      );
    },
  });
};

export const planTransposedConvolution: PlanLayer<LayerOf<'transposed-convolution'>> = (
  spec,
  job,
  workspace,
) => {
  const { kernels } = workspace;
  const input = the(job.inputs);
  const channels = input.shape.at(-1) ?? 1;
  const window = transposedWindowOf(input.shape, spec, spec.type);
  const ending = planEnding(spec.activation, spec.useBias !== false, job, {
    kernels,
    reserve: (count) => workspace.reserve(count),
  });
  const at = placeWindow(workspace, window, spec.filters);
  workspace.needScratch(kernels.convolutionScratch(at, channels));
  const kernel = the(job.parameters);
  const [slope] = job.inputSlopes;
  const passed = slope?.isAdded ? workspace.reserve(job.rows * input.size) : (slope?.at ?? 0);
  return withEnding(ending, {
    forward(rows) {
      kernels.convolveInputGradient(
        ...([input.at, kernel, ending.z, at, rows, channels, 0, workspace.scratch] as const),
      );
    },
    backward(rows) {
      const { scratch } = workspace;
      const { outputSlope, gradients } = job;
      kernels.convolveKernelGradient(
        ...([outputSlope, input.at, the(gradients), at, rows, channels, scratch] as const),
      );
      if (!slope?.at) return;
      kernels.convolve(outputSlope, kernel, passed, at, rows, channels, scratch);
      if (slope.isAdded) kernels.addInto(slope.at, passed, rows * input.size);
    },
  });
};

function isPointwise({ height, width, strideY, strideX }: Window): boolean {
  return height === 1 && width === 1 && strideY === 1 && strideX === 1;
}
