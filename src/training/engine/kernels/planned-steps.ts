/**
 * Training steps by a plan of WebAssembly kernels: a step allocates nothing and touches no tensor. The network's
 * own variables are only read and written when weights are loaded and stored.
 */
import { outputsOf, targetRows } from '../objective.ts';
import type { StepJob, StepRunner } from '../steps.ts';
import type { Kernels } from './kernels.ts';
import { planNetwork, type NetworkPlan } from './plan/network-plan.ts';
import { clipGradients, unscale } from './update/gradients.ts';
import { NoPlan, type LayerPlanners } from './plan/plan-layer.ts';
import { planUpdate, slotsOf } from './update/plan.ts';
import { OutOfWorkspace, Workspace } from './workspace.ts';

/** Null for a network that doesn't fit or has layers without kernels, or where WebAssembly has no vectors. */
export function createPlannedSteps(job: StepJob, planners?: LayerPlanners): StepRunner | null {
  const workspace = Workspace.start();
  try {
    return workspace && plannedSteps(job, workspace, planners);
  } catch (error) {
    if (error instanceof OutOfWorkspace || error instanceof NoPlan) return null;
    throw error;
  }
}

function plannedSteps(job: StepJob, workspace: Workspace, planners?: LayerPlanners): StepRunner {
  const { network, config, train, l2, lossScale } = job;
  const { kernels } = workspace;
  const most = Math.min(config.batchSize, train.targets.values.length);
  const rows = Math.min(job.microBatch ?? most, most);
  const isSplit = rows < most;
  const plan = planNetwork(
    network.spec,
    { rows, isTraining: true, ...(planners && { planners }) },
    workspace,
  );
  const { weights, gradients, trainableCount } = plan;
  const slots = slotsOf(config.optimizer).map(() => workspace.reserve(trainableCount));
  const sums = isSplit ? workspace.reserve(trainableCount) : gradients;
  const outputs = outputsOf(train.targets);
  const targets = workspace.reserve(rows * outputs);
  const rowWeights = workspace.reserve(rows);
  const all = { gradients: sums, parameters: trainableCount };
  const update = planUpdate(workspace, config.optimizer, { ...all, weights, slots });
  const loss = lossOf(kernels, job, { plan, targets, rowWeights });
  const kernelPlaces = plan.parameters
    .filter(({ isKernel, isTrainable }) => isKernel && isTrainable)
    .map(({ at, gradient, size }) => ({ at, gradient: gradient - gradients + sums, size }));
  let losses: { sum: number; rows: number }[] = [];

  return {
    get unread() {
      return losses.length;
    },
    step(batch, learningRate, dropout) {
      if (plan.hasDropout) plan.draw.key = dropout.word();
      let sum = 0;
      const scale = lossScale?.value ?? 1;
      if (isSplit) kernels.clear(sums, trainableCount);
      for (let from = 0; from < batch.length; from += rows) {
        const part = isSplit ? batch.subarray(from, from + rows) : batch;
        if (isSplit) plan.draw.offset = from;
        fillBatch(job, part, workspace.floats, { x: plan.input, targets, rowWeights });
        plan.forward(part.length);
        sum += loss(part.length, scale / batch.length);
        plan.backward(part.length);
        if (isSplit) kernels.addInto(sums, gradients, trainableCount);
      }
      losses.push({ sum, rows: batch.length });
      if (lossScale && !unscale(workspace, all, lossScale)) return;
      if (l2 > 0 || config.l1 > 0)
        for (const { at, gradient, size } of kernelPlaces)
          kernels.regularise(gradient, at, size, l2, config.l1);
      if (config.clipping) clipGradients(workspace, all, config.clipping);
      update.apply(learningRate);
    },
    readLosses() {
      const read = losses;
      losses = [];
      return Promise.resolve(read);
    },
    async loadWeights() {
      const values = new Float32Array((await network.pack()).bytes);
      let from = 0;
      for (const { at, size } of plan.parameters) {
        workspace.floats.set(values.subarray(from, from + size), at / 4);
        from += size;
      }
    },
    storeWeights() {
      const tensors = network.variables.map(({ name, shape }) => ({ name, shape }));
      const total = plan.parameters.reduce((sum, { size }) => sum + size, 0);
      const values = new Float32Array(total);
      let to = 0;
      for (const { at, size } of plan.parameters) {
        values.set(workspace.floats.subarray(at / 4, at / 4 + size), to);
        to += size;
      }
      network.load({ tensors, bytes: values.buffer });
      return Promise.resolve();
    },
    saveOptimizer: () =>
      Promise.resolve(update.save(network.trainable.map((one) => one.variable.size))),
    restoreOptimizer: (state) => update.restore(state),
    dispose: () => undefined, // the memory goes with the last reference to it
  };
}

/** Σ weight · loss over the rows; the gradient of that sum times `scale` goes where the way back begins. */
function lossOf(
  kernels: Kernels,
  { train }: StepJob,
  at: { plan: NetworkPlan; targets: number; rowWeights: number },
): (rows: number, scale: number) => number {
  const { plan, targets, rowWeights } = at;
  const { output, outputSlope } = plan;
  const classes = outputsOf(train.targets);
  if (classes > 1)
    return (rows, scale) =>
      kernels.categoricalLoss(
        ...([output.at, targets, rowWeights, outputSlope, rows, classes, scale] as const),
      );
  const loss = train.targets.type === 'numbers' ? 'squaredLoss' : 'binaryLoss';
  return (rows, scale) => kernels[loss](output.at, targets, rowWeights, outputSlope, rows, scale);
}

function fillBatch(
  { train }: StepJob,
  batch: Uint32Array,
  floats: Float32Array,
  at: { x: number; targets: number; rowWeights: number },
) {
  const { features, width, targets, weights } = train;
  const x = at.x / 4;
  for (let i = 0; i < batch.length; i++) {
    const row = batch[i] ?? 0;
    floats.set(features.subarray(row * width, row * width + width), x + i * width);
    floats[at.rowWeights / 4 + i] = weights ? (weights[row] ?? 1) : 1;
  }
  const start = at.targets / 4;
  targetRows(targets, batch, floats.subarray(start, start + batch.length * outputsOf(targets)));
}
