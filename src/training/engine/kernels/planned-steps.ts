/**
 * Training steps by a plan of WebAssembly kernels: a step allocates nothing and touches no tensor. The network's
 * own variables are only read and written when weights are loaded and stored.
 */
import { StudioError } from '../../../lib/errors.ts';
import type { Random } from '../../../lib/random.ts';
import type { NetworkSpec } from '../../../models/spec.ts';
import type { OptimizerSpec } from '../../run.ts';
import { outputsOf, targetRows } from '../objective.ts';
import { rowsOfParts, type StepJob, type StepRunner } from '../steps.ts';
import type { Kernels } from './kernels.ts';
import { planNetwork, type NetworkPlan } from './plan/network-plan.ts';
import { planUpdate, slotsOf } from './update/plan.ts';
import { OutOfWorkspace, Workspace } from './workspace.ts';

/** Null where WebAssembly has no vectors. @throws StudioError `out-of-memory` for a network that doesn't fit */
export function createPlannedSteps(job: StepJob): StepRunner | null {
  try {
    const workspace = Workspace.start();
    return workspace && plannedSteps(job, workspace);
  } catch (error) {
    if (error instanceof OutOfWorkspace)
      throw new StudioError('out-of-memory', error.message, { cause: error });
    throw error;
  }
}

/** What the steps of a run are laid out for. */
export interface StepShape {
  spec: NetworkSpec;
  optimizer: OptimizerSpec;
  /** Most rows of a step. */
  batch: number;
  /** Most rows that are computed at a time. */
  microBatch: number;
  /** Columns of the targets. */
  outputs: number;
}

/** All that steps keep in memory. @throws OutOfWorkspace */
export function layOutSteps(shape: StepShape, workspace: Workspace) {
  const { spec, optimizer, batch, microBatch, outputs } = shape;
  const rows = rowsOfParts(batch, microBatch);
  const plan = planNetwork(spec, { rows, isTraining: true }, workspace);
  const { trainableCount } = plan;
  const slots = slotsOf(optimizer).map(() => workspace.reserve(trainableCount));
  const isSplit = rows < batch;
  const sums = isSplit ? workspace.reserve(trainableCount) : plan.gradients;
  const targets = workspace.reserve(rows * outputs);
  const rowWeights = workspace.reserve(rows);
  return { plan, slots, sums, isSplit, targets, rowWeights };
}

function plannedSteps(job: StepJob, workspace: Workspace): StepRunner {
  const { network, config, train, l2 } = job;
  const { kernels } = workspace;
  const batch = Math.min(config.batchSize, train.targets.values.length);
  const { optimizer } = config;
  const microBatch = job.microBatch ?? batch;
  const { plan, slots, sums, isSplit, targets, rowWeights } = layOutSteps(
    { spec: network.spec, optimizer, batch, microBatch, outputs: outputsOf(train.targets) },
    workspace,
  );
  const { weights, gradients, trainableCount } = plan;
  const update = planUpdate(workspace, optimizer, {
    ...{ weights, gradients: sums, slots, parameters: trainableCount },
  });
  const loss = lossOf(kernels, job, { plan, targets, rowWeights });
  const kernelPlaces = plan.parameters
    .filter(({ isKernel, isTrainable }) => isKernel && isTrainable)
    .map(({ at, gradient, size }) => ({ at, gradient: gradient - gradients + sums, size }));
  let losses: { sum: number; rows: number }[] = [];

  const begin = (dropout: Random) => {
    if (plan.hasDropout) plan.draw.key = dropout.word();
    if (isSplit) kernels.clear(sums, trainableCount);
  };
  const partsOf = function* (batch: Uint32Array) {
    const rows = isSplit ? rowsOfParts(batch.length, microBatch) : batch.length;
    for (let from = 0; from < batch.length; from += rows) {
      plan.draw.offset = from;
      const part = isSplit ? batch.subarray(from, from + rows) : batch;
      fillBatch(job, part, workspace.floats, { x: plan.input, targets, rowWeights });
      yield part.length;
      if (isSplit) kernels.addInto(sums, gradients, trainableCount);
    }
  };
  const end = (batch: Uint32Array, learningRate: number, sum: number) => {
    if (l2 > 0 || config.l1 > 0)
      for (const { at, gradient, size } of kernelPlaces)
        kernels.regularise(gradient, at, size, l2, config.l1);
    update.apply(learningRate);
    losses.push({ sum, rows: batch.length });
  };

  return {
    get unread() {
      return losses.length;
    },
    step(batch, learningRate, dropout) {
      begin(dropout);
      let sum = 0;
      for (const rows of partsOf(batch)) {
        plan.forward(rows);
        sum += loss(rows, 1 / batch.length);
        plan.backward(rows);
      }
      end(batch, learningRate, sum);
    },
    *stepInParts(batch, learningRate, dropout) {
      begin(dropout);
      let sum = 0;
      for (const rows of partsOf(batch)) {
        yield* plan.forwardInParts(rows);
        sum += loss(rows, 1 / batch.length);
        yield* plan.backwardInParts(rows);
      }
      end(batch, learningRate, sum);
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
      network.loadArrays(weightsIn(plan, workspace));
      return Promise.resolve();
    },
    readWeights: () => Promise.resolve(weightsIn(plan, workspace)),
    saveOptimizer: () =>
      Promise.resolve(update.save(network.trainable.map((one) => one.variable.size))),
    restoreOptimizer: (state) => update.restore(state),
    dispose: () => undefined, // the memory goes with the last reference to it
  };
}

function weightsIn({ parameters }: NetworkPlan, { floats }: Workspace): Float32Array[] {
  return parameters.map(({ at, size }) => floats.subarray(at / 4, at / 4 + size));
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
