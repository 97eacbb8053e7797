/**
 * A training step as calls of kernels, wherever these compute: forward, loss and backward of rows (or of parts of
 * them, one after the other), then the update. Knows no network's variables and nothing of tfjs.
 */
import type { NetworkSpec } from '../../../models/spec.ts';
import type { OptimizerSpec, NetworkConfig } from '../../run.ts';
import { rowsOfParts } from '../steps.ts';
import { outputsOf, type Targets } from '../targets.ts';
import type { LossScale } from '../loss-scale.ts';
import type { LayerPlanners } from './plan/plan-layer.ts';
import { clipGradients, unscale } from './update/gradients.ts';
import { planNetwork, type NetworkPlan } from './plan/network-plan.ts';
import { planUpdate, slotsOf, type PlannedUpdate, type Slice } from './update/plan.ts';
import type { Workspace } from './workspace.ts';

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
  /** Absent: all that there are. */
  planners?: LayerPlanners;
}

/** All that steps keep in memory, in bytes. @throws OutOfWorkspace, NoPlan */
export function layOutSteps(shape: StepShape, workspace: Workspace) {
  const { spec, optimizer, batch, microBatch, outputs, planners } = shape;
  const rows = rowsOfParts(batch, microBatch);
  const network = planNetwork(
    spec,
    { rows, isTraining: true, ...(planners && { planners }) },
    workspace,
  );
  const { trainableCount } = network;
  const slots = slotsOf(optimizer).map(() => workspace.reserve(trainableCount));
  const isSplit = rows < batch;
  const sums = isSplit ? workspace.reserve(trainableCount) : network.gradients;
  const targets = workspace.reserve(rows * outputs);
  const rowWeights = workspace.reserve(rows);
  return { network, slots, sums, isSplit, rows, targets, rowWeights };
}

export interface StepPlanJob {
  spec: NetworkSpec;
  config: Pick<NetworkConfig, 'optimizer' | 'l1' | 'clipping'>;
  /** The weight of ½ Σw² in the mean loss. */
  l2: number;
  train: { targets: Targets };
  /** Most rows that are given at a time. */
  mostRows: number;
  /** Most rows that are computed at a time, their gradients summed; absent: all. */
  microBatch?: number;
  /** For gradients of fewer bits than float32 has. */
  lossScale?: LossScale;
  /** Absent: all that there are. */
  planners?: LayerPlanners;
}

/** Where rows lie in the batch that is stepped by. */
export interface BatchPlace {
  /** The first row's place; even where there is dropout, which draws numbers in pairs. */
  from: number;
  /** Rows of the whole batch. */
  of: number;
  /** What masks are drawn from. */
  key: number;
}

/** Puts rows where the plan reads them: features, targets and weights. @param from the first one's place among those given */
type FillRows = (rows: Uint32Array, from: number) => void;

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
  /** Where the gradient lies. */
  gradients: number;
  /**
   * The gradient of the rows' share of the batch's mean loss.
   * @returns Σ weight · loss, where the kernels give it at once
   */
  gradient(rows: Uint32Array, place: BatchPlace, fill: FillRows): number;
  /** The same to the last bit, with breaks that are never far apart. */
  gradientInParts(
    rows: Uint32Array,
    place: BatchPlace,
    fill: FillRows,
  ): Generator<undefined, number, undefined>;
  /** One update by the gradient, the penalties of large weights added. */
  apply(learningRate: number): void;
  /** The same of some weights alone; not by gradients that are clipped by the norm of all. */
  applyTo(slice: Slice, learningRate: number): void;
  /** As `apply` with breaks; an update that is begun is made to its end, whoever breaks off. */
  applyInParts(learningRate: number): Generator<undefined, void, undefined>;
}

/** @throws OutOfWorkspace, NoPlan */
export function planStep(job: StepPlanJob, workspace: Workspace): StepPlan {
  const { spec, config, train, l2, mostRows, lossScale, planners } = job;
  const { optimizer, l1, clipping } = config;
  const { kernels } = workspace;
  const microBatch = job.microBatch ?? mostRows;
  const outputs = outputsOf(train.targets);
  const { network, slots, sums, isSplit, rows, targets, rowWeights } = layOutSteps(
    { spec, optimizer, batch: mostRows, microBatch, outputs, ...(planners && { planners }) },
    workspace,
  );
  const { weights, gradients, trainableCount } = network;
  const all = { gradients: sums, parameters: trainableCount };
  const update = planUpdate(workspace, optimizer, { ...all, weights, slots });
  const loss = lossOf(workspace, train.targets, { network, targets, rowWeights });
  const kernelPlaces = network.parameters
    .filter(({ isKernel, isTrainable }) => isKernel && isTrainable)
    .map(({ gradient, size }) => ({ begin: (gradient - gradients) / 4, size }));

  /** Whether the gradient is one to go on by. */
  const isUsable = () => !lossScale || unscale(workspace, all, lossScale);
  const change = (learningRate: number, slice: Slice = [0, 4 * Math.ceil(trainableCount / 4)]) => {
    const [first, last] = slice;
    if (l2 > 0 || l1 > 0)
      for (const { begin, size } of kernelPlaces) {
        const from = Math.max(first, begin);
        const count = Math.min(last, begin + size) - from;
        if (count > 0) kernels.regularise(sums + 4 * from, weights + 4 * from, count, l2, l1);
      }
    if (clipping)
      clipGradients(workspace, { gradients: sums + 4 * first, parameters: last - first }, clipping);
    update.apply(learningRate, slice);
  };

  /** Lays each part out; the caller computes it before it asks for the next. */
  const parts = function* (all: Uint32Array, { from: start, key }: BatchPlace, fill: FillRows) {
    network.draw.key = key;
    if (isSplit || all.length === 0) kernels.clear(sums, trainableCount);
    const size = isSplit ? rowsOfParts(all.length, microBatch) : all.length;
    for (let from = 0; from < all.length; from += size) {
      const part = isSplit ? all.subarray(from, from + size) : all;
      network.draw.offset = start + from;
      fill(part, from);
      yield part.length;
      if (isSplit) kernels.addInto(sums, gradients, trainableCount);
    }
  };

  return {
    ...{ network, update, slots, rows, targets, rowWeights, gradients: sums },
    gradient(all, place, fill) {
      let sum = 0;
      for (const count of parts(all, place, fill)) {
        network.forward(count);
        sum += loss(count, (lossScale?.value ?? 1) / place.of);
        network.backward(count);
      }
      return sum;
    },
    *gradientInParts(all, place, fill) {
      let sum = 0;
      for (const count of parts(all, place, fill)) {
        yield* workspace.inParts(() => network.forward(count));
        sum += loss(count, (lossScale?.value ?? 1) / place.of);
        yield* workspace.inParts(() => network.backward(count));
      }
      return sum;
    },
    apply(learningRate) {
      if (isUsable()) change(learningRate);
    },
    applyTo: (slice, learningRate) => change(learningRate, slice),
    *applyInParts(learningRate) {
      if (!isUsable()) return;
      const pieces = workspace.inParts(() => change(learningRate));
      try {
        while (!pieces.next().done) yield;
      } finally {
        while (!pieces.next().done); // half of the weights would be of another step
      }
    },
  };
}

/** Σ weight · loss over the rows; the gradient of that sum times `scale` goes where the way back begins. */
function lossOf(
  { kernels }: Workspace,
  ofRows: Targets,
  at: { network: NetworkPlan; targets: number; rowWeights: number },
): (rows: number, scale: number) => number {
  const { network, targets, rowWeights } = at;
  const { output, outputSlope } = network;
  const classes = outputsOf(ofRows);
  if (classes > 1)
    return (rows, scale) =>
      kernels.categoricalLoss(
        ...([output.at, targets, rowWeights, outputSlope, rows, classes, scale] as const),
      );
  const loss = ofRows.type === 'numbers' ? 'squaredLoss' : 'binaryLoss';
  return (rows, scale) => kernels[loss](output.at, targets, rowWeights, outputSlope, rows, scale);
}
