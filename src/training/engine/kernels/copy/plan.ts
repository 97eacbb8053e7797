/** Layers that only move numbers in a plan: sums and neighbours of several inputs, and other shapes of one. */
import type { PlanLayer } from '../plan/layer-plan.ts';

export const planAdd: PlanLayer<unknown> = (_spec, job, { kernels }) => {
  const { at: y, size } = job.output;
  return {
    forward(rows) {
      job.inputs.forEach(({ at }, i) => {
        if (i === 0) kernels.copy(at, y, rows * size);
        else kernels.addInto(y, at, rows * size);
      });
    },
    backward(rows) {
      for (const { at, isAdded } of job.inputSlopes) {
        if (at === 0 || at === job.outputSlope) continue;
        if (isAdded) kernels.addInto(at, job.outputSlope, rows * size);
        else kernels.copy(job.outputSlope, at, rows * size);
      }
    },
  };
};

export const planConcatenate: PlanLayer<unknown> = (_spec, job, { kernels }) => {
  const { at: y, size, shape } = job.output;
  const width = shape.at(-1) ?? 1;
  let column = 0;
  const parts = job.inputs.map(({ at, shape: own }, i) => {
    const columns = own.at(-1) ?? 1;
    const first = 4 * column;
    column += columns;
    return { at, columns, first, slope: job.inputSlopes[i] };
  });
  return {
    forward(rows) {
      const lines = (rows * size) / width;
      for (const { at, columns, first } of parts)
        kernels.copyRows(at, columns, y + first, width, lines, columns, 0);
    },
    backward(rows) {
      const lines = (rows * size) / width;
      for (const { columns, first, slope } of parts) {
        if (!slope?.at) continue;
        const isAdded = slope.isAdded ? 1 : 0;
        const from = job.outputSlope + first;
        kernels.copyRows(from, width, slope.at, columns, lines, columns, isAdded);
      }
    },
  };
};

/** Its output lies where its input lies: nothing is to be done. */
export const planAlias: PlanLayer<unknown> = () => ({
  forward: () => undefined,
  backward: () => undefined,
});
