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
      else if (slope.at !== job.outputSlope) kernels.copy(job.outputSlope, slope.at, count);
    },
  };
};

/** y = activation(z + bias): what follows a product. The slopes of GELU and SiLU need z, the others only y. */
export interface Ending {
  /** Where the product is to be written. */
  z: number;
  /** 0: none. */
  bias: number;
  y: number;
  kind: number;
  /** After a product that doesn't take it along. */
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
  return {
    ...{ z, bias, y, kind },
    forward(rows) {
      if (hasBias || kind !== 0)
        kernels.addBiasActivate(z, bias, y, (rows * size) / width, width, kind);
    },
    backward(rows) {
      const { outputSlope } = job;
      if (hasBias)
        kernels.biasActivationGradient(
          ...([z, y, outputSlope, the(job.gradients, 1), (rows * size) / width] as const),
          ...([width, kind] as const),
        );
      else if (kind !== 0) kernels.activationGradient(z, y, outputSlope, rows * size, kind);
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
