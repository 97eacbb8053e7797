/** Self-attention in a plan: the dense layers before and after as products, the heads by a kernel. */
import type { LayerOf } from '../../../../models/spec.ts';
import { planProduct } from '../dense/plan.ts';
import { the, type PlanLayer } from '../plan/layer-plan.ts';

export const planAttention: PlanLayer<LayerOf<'attention'>> = (spec, job, workspace) => {
  const { kernels } = workspace;
  const input = the(job.inputs);
  const [steps, width] = [the(input.shape), the(input.shape, 1)];
  const { heads } = spec;
  const isCausal = spec.isCausal ? 1 : 0;
  const { parameters, gradients, rows: most, mask } = job;
  const lines = (rows: number) => rows * steps;
  const all = workspace.reserve(most * steps * 3 * width);
  const mixed = workspace.reserve(most * steps * width);
  const shares = workspace.reserve(most * heads * steps * steps);
  // Both are done with before the layer's own input slope is written.
  const borrowed = job.isTraining ? most * steps * 4 * width : 0;
  const slopes = workspace.borrow(borrowed);
  const mixedSlope = slopes + 4 * most * steps * 3 * width;
  workspace.giveBack(slopes, borrowed);
  workspace.needScratch(kernels.attentionScratch(steps, width / heads));
  const before = planProduct(workspace, {
    lines,
    ...{ mostLines: most * steps, width, units: 3 * width, input: input.at, output: all },
    kernel: the(parameters, 0),
    bias: the(parameters, 1),
    kernelGradient: gradients[0] ?? 0,
    outputSlope: slopes,
    inputSlope: job.inputSlopes[0],
  });
  const after = planProduct(workspace, {
    lines,
    ...{ mostLines: most * steps, width, units: width, input: mixed, output: job.output.at },
    kernel: the(parameters, 2),
    bias: the(parameters, 3),
    kernelGradient: gradients[2] ?? 0,
    outputSlope: job.outputSlope,
    inputSlope: { at: mixedSlope, isAdded: false },
  });
  return {
    forward(rows) {
      const { scratch } = workspace;
      before.forward(rows);
      kernels.attend(
        ...([all, mask, shares, mixed, rows, steps, width, heads, isCausal, scratch] as const),
      );
      after.forward(rows);
    },
    backward(rows) {
      const { scratch } = workspace;
      kernels.columnSums(job.outputSlope, lines(rows), width, the(gradients, 3));
      after.backward(rows);
      kernels.attendGradient(
        ...([all, shares, mixedSlope, slopes, rows, steps, width, heads, scratch] as const),
      );
      kernels.columnSums(slopes, lines(rows), 3 * width, the(gradients, 1));
      before.backward(rows);
    },
  };
};
