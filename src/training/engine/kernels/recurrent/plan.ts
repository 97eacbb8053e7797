/**
 * LSTM and GRU in a plan: a product for all steps before, a kernel for the whole sequence, products for all steps
 * after. In here sequences are [steps, rows, …], so that a step's rows lie together.
 */
import type { LayerOf } from '../../../../models/spec.ts';
import { planProduct } from '../dense/plan.ts';
import { the, type LayerJob, type PlanLayer } from '../plan/layer-plan.ts';
import type { Workspace } from '../workspace.ts';

type Recurrent = LayerOf<'lstm' | 'gru'>;

export const planRecurrent: PlanLayer<Recurrent> = (spec, job, workspace) => {
  const { kernels } = workspace;
  const input = the(job.inputs);
  const [steps, width] = [the(input.shape), the(input.shape, 1)];
  const { rows: most } = job;
  const { units } = spec;
  const [slope] = job.inputSlopes;
  const hasSlope = slope !== undefined && slope.at !== 0;
  const x = workspace.reserve(steps * most * width);
  const xSlope = hasSlope ? workspace.reserve(steps * most * width) : 0;
  const directions = spec.isBidirectional ? [false, true] : [false];
  const perDirection = spec.type === 'lstm' ? 3 : 4;
  const passes = directions.map((isBackward, i) =>
    planPass(workspace, spec, {
      job,
      ...{ isBackward, steps, width, x },
      xSlope: { at: xSlope, isAdded: i > 0 },
      parameters: job.parameters.slice(i * perDirection),
      gradients: job.gradients.slice(i * perDirection),
      /** Where its outputs begin within a row of the layer's. */
      first: 4 * i * units,
    }),
  );
  return {
    forward(rows) {
      kernels.swapOuter(input.at, x, rows, steps, width, 0);
      for (const pass of passes) pass.forward(rows);
    },
    backward(rows) {
      for (const pass of passes) pass.backward(rows);
      if (!hasSlope) return;
      kernels.swapOuter(xSlope, slope.at, steps, rows, width, slope.isAdded ? 1 : 0);
    },
  };
};

interface Pass {
  job: LayerJob;
  isBackward: boolean;
  steps: number;
  width: number;
  x: number;
  xSlope: { at: number; isAdded: boolean };
  parameters: readonly number[];
  gradients: readonly number[];
  first: number;
}

/** One way through the sequence. */
function planPass(workspace: Workspace, spec: Recurrent, pass: Pass) {
  const { kernels } = workspace;
  const { job, steps, width, parameters, gradients, first } = pass;
  const { rows: most, mask } = job;
  const { units, type, returnsSequence } = spec;
  const isBackward = pass.isBackward ? 1 : 0;
  const isOfLast = returnsSequence ? 0 : 1;
  const gateCount = type === 'lstm' ? 4 : 3;
  const wide = gateCount * units;
  const gates = workspace.reserve(steps * most * wide);
  const hidden = workspace.reserve((steps + 1) * most * units);
  const cell = type === 'lstm' ? workspace.reserve((steps + 1) * most * units) : 0;
  const inner = type === 'gru' ? workspace.reserve(steps * most * wide) : 0;
  const outer = workspace.reserve((returnsSequence ? steps : 1) * most * units);
  const [slope, cellSlope] = [workspace.reserve(most * units), workspace.reserve(most * units)];
  const [kernel, recurrent, bias] = [the(parameters, 0), the(parameters, 1), the(parameters, 2)];
  const outWidth = job.output.shape.at(-1) ?? units;
  workspace.needScratch(
    Math.max(
      kernels.recurrentScratch(most, units, gateCount),
      kernels.gemmScratch(units, wide, steps * most),
    ),
  );
  const product = planProduct(workspace, {
    lines: (rows) => steps * rows,
    ...{ mostLines: steps * most, width, units: wide, input: pass.x, kernel, output: gates },
    bias,
    ...{ kernelGradient: gradients[0] ?? 0, outputSlope: gates, inputSlope: pass.xSlope },
  });
  const sequence = {
    forward(rows: number) {
      const { scratch } = workspace;
      if (type === 'lstm')
        kernels.lstm(
          ...([gates, recurrent, hidden, cell, mask, steps, rows, units] as const),
          ...([isBackward, scratch] as const),
        );
      else
        kernels.gru(
          ...([gates, recurrent, the(parameters, 3), inner, hidden, mask, steps, rows] as const),
          ...([units, isBackward, scratch] as const),
        );
    },
    backward(rows: number) {
      const { scratch } = workspace;
      if (type === 'lstm')
        kernels.lstmGradient(
          ...([gates, recurrent, cell, mask, outer, isOfLast, slope, cellSlope] as const),
          ...([steps, rows, units, isBackward, scratch] as const),
        );
      else
        kernels.gruGradient(
          ...([gates, recurrent, inner, hidden, mask, outer, isOfLast, slope] as const),
          ...([steps, rows, units, isBackward, scratch] as const),
        );
    },
  };
  /** Where states begin that a step starts from, and that it gives. */
  const places = (rows: number) => {
    const state = 4 * rows * units;
    return isBackward
      ? { before: hidden + state, after: hidden, last: hidden }
      : { before: hidden, after: hidden + state, last: hidden + steps * state };
  };
  return {
    forward(rows: number) {
      product.forward(rows);
      sequence.forward(rows);
      const { after, last } = places(rows);
      const to = job.output.at + first;
      if (!returnsSequence) {
        kernels.copyRows(last, units, to, outWidth, rows, units, 0);
        return;
      }
      // [steps, rows, units] beside the other direction's, [rows, steps, outWidth]
      for (let step = 0; step < steps; step++)
        kernels.copyRows(
          ...([after + 4 * step * rows * units, units, to + 4 * step * outWidth] as const),
          ...([steps * outWidth, rows, units, 0] as const),
        );
    },
    backward(rows: number) {
      const from = job.outputSlope + first;
      if (!returnsSequence) kernels.copyRows(from, outWidth, outer, units, rows, units, 0);
      else
        for (let step = 0; step < steps; step++)
          kernels.copyRows(
            ...([from + 4 * step * outWidth, steps * outWidth] as const),
            ...([outer + 4 * step * rows * units, units, rows, units, 0] as const),
          );
      sequence.backward(rows);
      const lines = steps * rows;
      kernels.columnSums(gates, lines, wide, the(gradients, 2));
      const recurrentSlopes = type === 'lstm' ? gates : inner;
      if (type === 'gru') kernels.columnSums(inner, lines, wide, the(gradients, 3));
      kernels.gemm(
        ...([places(rows).before, 1, units, recurrentSlopes, wide, 1] as const),
        ...([the(gradients, 1), wide, units, wide, lines, 0, workspace.scratch] as const),
      );
      product.backward(rows);
    },
  };
}
