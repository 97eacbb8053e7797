/** Dense layers in a plan: three matrix products a step, the first with its bias and activation. */
import type { LayerOf } from '../../../../models/spec.ts';
import { planEnding, type Ending } from '../activation/plan.ts';
import {
  lastDimension,
  the,
  type LayerCalls,
  type PlanLayer,
  type SlopePlace,
} from '../plan/layer-plan.ts';
import type { Workspace } from '../workspace.ts';

export const planDense: PlanLayer<LayerOf<'dense'>> = (spec, job, workspace) => {
  const ending = planEnding(spec.activation, spec.useBias !== false, job, {
    kernels: workspace.kernels,
    reserve: (count) => workspace.reserve(count),
  });
  const { width, places } = lastDimension(the(job.inputs));
  return planEndedProduct(workspace, ending, {
    lines: (rows) => rows * places,
    mostLines: job.rows * places,
    width,
    units: spec.units,
    input: the(job.inputs).at,
    kernel: the(job.parameters),
    kernelGradient: job.gradients[0] ?? 0,
    outputSlope: job.outputSlope,
    inputSlope: job.inputSlopes[0],
  });
};

/** Y = activation(X W + b), and the way back. */
export function planEndedProduct(
  workspace: Workspace,
  ending: Ending,
  job: Omit<Product, 'output'>,
): LayerCalls {
  const { z, bias, y, kind } = ending;
  const product = planProduct(workspace, { ...job, output: z, bias, y, kind });
  return {
    forward: (rows) => product.forward(rows),
    backward(rows) {
      ending.backward(rows);
      product.backward(rows);
    },
  };
}

export interface Product {
  /** Rows of the matrix, of so many examples. */
  lines: (rows: number) => number;
  mostLines: number;
  width: number;
  units: number;
  input: number;
  kernel: number;
  /** [units]; absent or 0: none. */
  bias?: number;
  /** Of the product, the bias added. */
  output: number;
  /** Of its activation, and which it is; absent: the output is all. */
  y?: number;
  kind?: number;
  kernelGradient: number;
  outputSlope: number;
  inputSlope: SlopePlace | undefined;
}

/** Y = X W + b, and its activation; ∂W = Xᵀ ∂Y; ∂X = ∂Y Wᵀ */
export function planProduct(workspace: Workspace, product: Product) {
  const { kernels } = workspace;
  const { lines, mostLines, width, units, input, kernel, output, outputSlope } = product;
  const { bias = 0, y = output, kind = 0 } = product;
  workspace.needScratch(
    Math.max(
      kernels.denseScratch(mostLines, units, width),
      kernels.denseGradientScratch(mostLines, units, width),
      kernels.gemmScratch(mostLines, width, units),
    ),
  );
  return {
    forward(rows: number) {
      const m = lines(rows);
      const { scratch } = workspace;
      kernels.dense(input, kernel, bias, output, y, m, units, width, kind, scratch);
    },
    backward(rows: number) {
      const m = lines(rows);
      const { kernelGradient, inputSlope } = product;
      const { scratch } = workspace;
      kernels.denseKernelGradient(
        ...([input, outputSlope, kernelGradient, m, units, width, width, scratch] as const),
      );
      if (!inputSlope?.at) return;
      const isAdded = inputSlope.isAdded ? 1 : 0;
      kernels.gemm(
        ...([outputSlope, units, 1, kernel, 1, units] as const),
        ...([inputSlope.at, width, m, width, units, isAdded, scratch] as const),
      );
    },
  };
}
