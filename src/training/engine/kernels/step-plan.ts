/**
 * A training step as calls of kernels, wherever these compute: forward, loss and backward of the batch (or of its
 * parts, one after the other), then the update.
 */
import { outputsOf } from '../objective.ts';
import type { StepJob } from '../steps.ts';
import { planNetwork, type NetworkPlan } from './plan/network-plan.ts';
import { planUpdate, slotsOf, type PlannedUpdate } from './update/plan.ts';
import type { Workspace } from './workspace.ts';

export interface StepPlan {
  network: NetworkPlan;
  update: PlannedUpdate;
  /** Where the optimiser keeps what it keeps, in bytes: one array each for all trainable numbers. */
  slots: readonly number[];
  /** Most rows that are computed at a time. */
  rows: number;
  /** Where a part's targets [rows, outputs] and row weights [rows] lie. */
  targets: number;
  rowWeights: number;
  /**
   * @param word draws the key of the step's masks
   * @param fill puts rows of the batch where the plan reads them: features, targets and weights
   * @returns Σ weight · loss, where the kernels give it at once
   */
  step(
    batch: Uint32Array,
    learningRate: number,
    word: () => number,
    fill: (part: Uint32Array, from: number) => void,
  ): number;
}

/** @throws OutOfWorkspace */
export function planStep(job: StepJob, workspace: Workspace): StepPlan {
  const { network: built, config, train, l2 } = job;
  const { kernels } = workspace;
  const most = Math.min(config.batchSize, train.targets.values.length);
  const rows = Math.min(job.microBatch ?? most, most);
  const isSplit = rows < most;
  const network = planNetwork(built.spec, { rows, isTraining: true }, workspace);
  const { weights, gradients, trainableCount } = network;
  const slots = slotsOf(config.optimizer).map(() => workspace.reserve(trainableCount));
  const sums = isSplit ? workspace.reserve(trainableCount) : gradients;
  const targets = workspace.reserve(rows * outputsOf(train.targets));
  const rowWeights = workspace.reserve(rows);
  const update = planUpdate(workspace, config.optimizer, {
    ...{ weights, gradients: sums, slots, parameters: trainableCount },
  });
  const loss = lossOf(workspace, job, { network, targets, rowWeights });
  const kernelPlaces = network.parameters
    .filter(({ isKernel, isTrainable }) => isKernel && isTrainable)
    .map(({ at, gradient, size }) => ({ at, gradient: gradient - gradients + sums, size }));
  return {
    ...{ network, update, slots, rows, targets, rowWeights },
    step(batch, learningRate, word, fill) {
      if (network.hasDropout) network.draw.key = word();
      let sum = 0;
      if (isSplit) kernels.clear(sums, trainableCount);
      for (let from = 0; from < batch.length; from += rows) {
        const part = isSplit ? batch.subarray(from, from + rows) : batch;
        if (isSplit) network.draw.offset = from;
        fill(part, from);
        network.forward(part.length);
        sum += loss(part.length, 1 / batch.length);
        network.backward(part.length);
        if (isSplit) kernels.addInto(sums, gradients, trainableCount);
      }
      if (l2 > 0 || config.l1 > 0)
        for (const { at, gradient, size } of kernelPlaces)
          kernels.regularise(gradient, at, size, l2, config.l1);
      update.apply(learningRate);
      return sum;
    },
  };
}

/** Σ weight · loss over the rows; the gradient of that sum times `scale` goes where the way back begins. */
function lossOf(
  { kernels }: Workspace,
  { train }: StepJob,
  at: { network: NetworkPlan; targets: number; rowWeights: number },
): (rows: number, scale: number) => number {
  const { network, targets, rowWeights } = at;
  const { output, outputSlope } = network;
  const classes = outputsOf(train.targets);
  if (classes > 1)
    return (rows, scale) =>
      kernels.categoricalLoss(
        ...([output.at, targets, rowWeights, outputSlope, rows, classes, scale] as const),
      );
  const loss = train.targets.type === 'numbers' ? 'squaredLoss' : 'binaryLoss';
  return (rows, scale) => kernels[loss](output.at, targets, rowWeights, outputSlope, rows, scale);
}
