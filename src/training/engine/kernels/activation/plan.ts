/** Activations in a plan: as layers of their own, and at the end of layers with a kernel. */
import { activations, type Activation, type LayerOf } from '../../../../models/spec.ts';
import { the, type LayerCalls, type LayerJob, type PlanLayer } from '../plan/layer-plan.ts';
import type { Workspace } from '../workspace.ts';

export const planActivation: PlanLayer<LayerOf<'activation'>> = (
  { activation },
  job,
  { kernels },
) => {
  const input = the(job.inputs);
  const { at: y, size } = job.output;
  const kind = activations.indexOf(activation);
  const [slope] = job.inputSlopes;
  return {
    forward(rows) {
      kernels.activate(input.at, y, rows * size, kind);
    },
    backward(rows) {
      if (!slope?.at) return;
      const count = rows * size;
      kernels.activationGradient(input.at, y, job.outputSlope, count, kind);
      if (slope.isAdded) kernels.addInto(slope.at, job.outputSlope, count);
      else kernels.copy(job.outputSlope, slope.at, count);
    },
  };
};

/** y = activation(z + bias): what follows a product. The slopes of GELU and SiLU need z, the others only y. */
export interface Ending {
  /** Where the product is to be written. */
  z: number;
  /** After it. */
  forward(rows: number): void;
  /** Turns the output's slope to z's, and sums the bias's gradient. */
  backward(rows: number): void;
}

export function planEnding(
  activation: Activation,
  hasBias: boolean,
  job: LayerJob,
  { kernels, reserve }: Pick<Workspace, 'kernels'> & { reserve: (count: number) => number },
): Ending {
  const { at: y, size, shape } = job.output;
  const width = shape.at(-1) ?? 1;
  const kind = activations.indexOf(activation);
  const needsZ = job.isTraining && (activation === 'gelu' || activation === 'silu');
  const z = needsZ ? reserve(job.rows * size) : y;
  const bias = hasBias ? the(job.parameters, 1) : 0;
  const isRectified = hasBias && activation === 'relu' && width % 4 === 0;
  return {
    z,
    forward(rows) {
      const lines = (rows * size) / width;
      if (isRectified) {
        kernels.addBiasRectify(z, bias, lines, width);
        return;
      }
      if (hasBias) kernels.addBias(z, bias, lines, width);
      if (kind !== 0) kernels.activate(z, y, rows * size, kind);
    },
    backward(rows) {
      if (kind !== 0) kernels.activationGradient(z, y, job.outputSlope, rows * size, kind);
      if (hasBias)
        kernels.columnSums(job.outputSlope, (rows * size) / width, width, the(job.gradients, 1));
    },
  };
}

/** A product's layer: its ending before and after. */
export function withEnding(ending: Ending, product: LayerCalls): LayerCalls {
  return {
    forward(rows) {
      product.forward(rows);
      ending.forward(rows);
    },
    backward(rows) {
      ending.backward(rows);
      product.backward(rows);
    },
  };
}
