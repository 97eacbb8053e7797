/**
 * A training step as a plan of kernels, without a network's variables: what one thread computes, be it the whole
 * batch or a share of it. Allocates nothing once it is laid out, and knows nothing of tfjs.
 */
import type { NetworkSpec } from '../../../models/spec.ts';
import type { RunConfig } from '../../run.ts';
import type { TrainingRows } from '../batches.ts';
import type { OptimizerState } from '../optimizer.ts';
import { outputsOf, targetRows } from '../targets.ts';
import type { Kernels } from './kernels.ts';
import { the } from './plan/layer-plan.ts';
import { planNetwork, type NetworkPlan } from './plan/network-plan.ts';
import { planUpdate, slotsOf } from './update/plan.ts';
import type { Workspace } from './workspace.ts';

export interface StepPlanJob {
  spec: NetworkSpec;
  config: Pick<RunConfig, 'optimizer' | 'l1'>;
  /** The weight of ½ Σw² in the mean loss. */
  l2: number;
  train: TrainingRows;
  /** Most rows that `gradient` is given. */
  mostRows: number;
  /** Rows that are computed at a time, their gradients summed; absent: all. */
  microBatch?: number;
  /** Whether gradients and states of other threads are added. */
  isOneOfSeveral?: boolean;
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

export interface StepPlan {
  readonly hasDropout: boolean;
  /** Σ weight · loss over the rows; the gradient of that sum by the batch's rows is kept. */
  gradient(rows: Uint32Array, place: BatchPlace): number;
  /** The gradient that is kept; a view, valid until something is laid out. */
  readonly gradients: Float32Array;
  addGradients(others: Float32Array): void;
  /** One update by the gradient that is kept, the penalties of large weights added. */
  update(learningRate: number): void;
  /** All numbers in the order in which they are packed. */
  loadWeights(values: Float32Array): void;
  storeWeights(): Float32Array<ArrayBuffer>;
  /** @param sizes of the trainable variables, in order */
  saveOptimizer(sizes: readonly number[]): OptimizerState;
  restoreOptimizer(state: OptimizerState): void;
  /** All that changes in training: weights, kept state, what the optimiser keeps; views, as `gradients`. */
  readonly state: readonly Float32Array[];
  /** Makes one of these Σ factor · part, in order. */
  mixState(index: number, parts: readonly Float32Array[], factors: readonly number[]): void;
  /** The optimiser's count. */
  steps: number;
}

/** @throws OutOfWorkspace */
export function planStep(job: StepPlanJob, workspace: Workspace): StepPlan {
  const { config, train, l2, mostRows } = job;
  const { kernels } = workspace;
  const rows = Math.min(job.microBatch ?? mostRows, mostRows);
  const isSplit = rows < mostRows;
  const plan = planNetwork(job.spec, { rows, isTraining: true }, workspace);
  const { weights, gradients, trainableCount } = plan;
  const slots = slotsOf(config.optimizer).map(() => workspace.reserve(trainableCount));
  const sums = isSplit ? workspace.reserve(trainableCount) : gradients;
  const targets = workspace.reserve(rows * outputsOf(train.targets));
  const rowWeights = workspace.reserve(rows);
  const update = planUpdate(workspace, config.optimizer, {
    ...{ weights, gradients: sums, slots, parameters: trainableCount },
  });
  const loss = lossOf(kernels, train, { plan, targets, rowWeights });
  const kernelPlaces = plan.parameters
    .filter(({ isKernel, isTrainable }) => isKernel && isTrainable)
    .map(({ at, gradient, size }) => ({ at, gradient: gradient - gradients + sums, size }));
  const regions = stateRegions(plan, slots);
  const most = Math.max(...regions.map(({ count }) => count));
  const incoming = job.isOneOfSeveral ? workspace.reserve(most) : 0;
  const view = (at: number, count: number) => workspace.floats.subarray(at / 4, at / 4 + count);

  return {
    hasDropout: plan.hasDropout,
    gradient(batch, { from: start, of, key }) {
      plan.draw.key = key;
      let sum = 0;
      if (isSplit || batch.length === 0) kernels.clear(sums, trainableCount);
      for (let from = 0; from < batch.length; from += rows) {
        const part = isSplit ? batch.subarray(from, from + rows) : batch;
        plan.draw.offset = start + from;
        fillBatch(train, part, workspace.floats, { x: plan.input, targets, rowWeights });
        plan.forward(part.length);
        sum += loss(part.length, 1 / of);
        plan.backward(part.length);
        if (isSplit) kernels.addInto(sums, gradients, trainableCount);
      }
      return sum;
    },
    get gradients() {
      return view(sums, trainableCount);
    },
    addGradients(others) {
      workspace.floats.set(others, incoming / 4);
      kernels.addInto(sums, incoming, trainableCount);
    },
    update(learningRate) {
      if (l2 > 0 || config.l1 > 0)
        for (const { at, gradient, size } of kernelPlaces)
          kernels.regularise(gradient, at, size, l2, config.l1);
      update.apply(learningRate);
    },
    loadWeights(values) {
      let from = 0;
      for (const { at, size } of plan.parameters) {
        workspace.floats.set(values.subarray(from, from + size), at / 4);
        from += size;
      }
    },
    storeWeights() {
      const total = plan.parameters.reduce((sum, { size }) => sum + size, 0);
      const values = new Float32Array(total);
      let to = 0;
      for (const { at, size } of plan.parameters) {
        values.set(view(at, size), to);
        to += size;
      }
      return values;
    },
    saveOptimizer: (sizes) => update.save(sizes),
    restoreOptimizer: (state) => update.restore(state),
    get state() {
      return regions.map(({ at, count }) => view(at, count));
    },
    mixState(index, parts, factors) {
      const { at, count } = the(regions, index);
      parts.forEach((part, i) => {
        const place = i === 0 ? at : incoming;
        workspace.floats.set(part, place / 4);
        kernels.scale(place, factors[i] ?? 0, count);
        if (i > 0) kernels.addInto(at, incoming, count);
      });
    },
    get steps() {
      return update.save([]).steps;
    },
    set steps(steps) {
      update.restore({ steps, slots: [] });
    },
  };
}

/** Trainable weights, kept state (moving averages lie side by side) and the optimiser's slots. */
function stateRegions({ weights, trainableCount, parameters }: NetworkPlan, slots: number[]) {
  const kept = parameters.filter(({ isTrainable }) => !isTrainable);
  const keptCount = kept.reduce((sum, { size }) => sum + size, 0);
  return [
    { at: weights, count: trainableCount },
    { at: kept[0]?.at ?? 0, count: keptCount },
    ...slots.map((at) => ({ at, count: trainableCount })),
  ];
}

/** Σ weight · loss over the rows; the gradient of that sum times `scale` goes where the way back begins. */
function lossOf(
  kernels: Kernels,
  train: TrainingRows,
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
  { features, width, targets, weights }: TrainingRows,
  batch: Uint32Array,
  floats: Float32Array,
  at: { x: number; targets: number; rowWeights: number },
) {
  const x = at.x / 4;
  for (let i = 0; i < batch.length; i++) {
    const row = batch[i] ?? 0;
    floats.set(features.subarray(row * width, row * width + width), x + i * width);
    floats[at.rowWeights / 4 + i] = weights ? (weights[row] ?? 1) : 1;
  }
  const start = at.targets / 4;
  targetRows(targets, batch, floats.subarray(start, start + batch.length * outputsOf(targets)));
}
