/** A step's plan in WebAssembly's memory, with the rows that it is trained on: what one thread computes. */
import type { TrainingRows } from '../batches.ts';
import type { OptimizerState } from '../optimizer.ts';
import { outputsOf, targetRows } from '../targets.ts';
import { the } from './plan/layer-plan.ts';
import type { NetworkPlan } from './plan/network-plan.ts';
import { rowsInCaches } from './rows-in-caches.ts';
import { planStep, type BatchPlace, type StepPlanJob } from './step-plan.ts';
import type { Slice } from './update/plan.ts';
import type { WasmWorkspace } from './wasm-workspace.ts';

export interface WasmStepPlanJob extends StepPlanJob {
  train: TrainingRows;
  /** Whether gradients and states of other threads are added. */
  isOneOfSeveral?: boolean;
}

export interface WasmStepPlan {
  readonly hasDropout: boolean;
  /** Σ weight · loss over the rows; their gradient is kept. */
  gradient(rows: Uint32Array, place: BatchPlace): number;
  gradientInParts(rows: Uint32Array, place: BatchPlace): Generator<undefined, number, undefined>;
  /** The gradient that is kept; a view, good until something is laid out. */
  readonly gradients: Float32Array;
  addGradients(others: Float32Array): void;
  /** One update by the gradient that is kept, the penalties of large weights added. */
  update(learningRate: number): void;
  /** Of so many numbers, padded to a multiple of 4. */
  readonly padded: number;
  /** The gradient that is kept becomes the sum of all workers', in their order, in this slice. @param own its place among the parts */
  sumSlice(slice: Slice, parts: readonly Float32Array[], own: number): void;
  updateSlice(slice: Slice, learningRate: number): void;
  updateInParts(learningRate: number): Generator<undefined, void, undefined>;
  /** @param values all numbers in the order in which they are packed */
  loadWeights(values: Float32Array): void;
  /** Views, one a variable in the order in which they are packed; good until the next step. */
  weights(): Float32Array[];
  /** @param sizes of the trainable variables, in order @returns views, good until the next step */
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
export function planWasmStep(job: WasmStepPlanJob, workspace: WasmWorkspace): WasmStepPlan {
  const { train, spec, mostRows, planners } = job;
  const atOnce = rowsInCaches({ spec, batch: mostRows, planners });
  const microBatch = Math.min(job.microBatch ?? mostRows, atOnce);
  const plan = planStep({ ...job, microBatch }, workspace);
  const { network, update, slots, targets, rowWeights } = plan;
  const { kernels } = workspace;
  const { trainableCount, parameters } = network;
  const regions = stateRegions(network, slots);
  const most = Math.max(...regions.map(({ count }) => count));
  const incoming = job.isOneOfSeveral ? workspace.reserve(most + 8) : 0;
  const padded = 4 * Math.ceil(trainableCount / 4);
  const view = (at: number, count: number) => workspace.floats.subarray(at / 4, at / 4 + count);
  const fill = (rows: Uint32Array) =>
    fillRows(train, rows, workspace.floats, { x: network.input, targets, rowWeights });
  return {
    hasDropout: network.hasDropout,
    gradient: (rows, place) => plan.gradient(rows, place, fill),
    gradientInParts: (rows, place) => plan.gradientInParts(rows, place, fill),
    get gradients() {
      return view(plan.gradients, trainableCount);
    },
    addGradients(others) {
      workspace.floats.set(others, incoming / 4);
      kernels.addInto(plan.gradients, incoming, trainableCount);
    },
    padded,
    sumSlice([from], parts, own) {
      const at = plan.gradients + 4 * from;
      parts.forEach((part, other) => {
        const count = part.length; // what pads them stays 0
        if (other === own) {
          if (own > 0) kernels.addInto(at, incoming, count);
          return;
        }
        // What comes before the own part is summed apart.
        const isFirst = other === 0 || other > own;
        const place = isFirst ? incoming : incoming + 4 * count;
        workspace.floats.set(part, place / 4);
        if (other > own) kernels.addInto(at, incoming, count);
        else if (!isFirst) kernels.addInto(incoming, place, count);
      });
    },
    updateSlice: (slice, learningRate) => plan.applyTo(slice, learningRate),
    update: (learningRate) => plan.apply(learningRate),
    updateInParts: (learningRate) => plan.applyInParts(learningRate),
    loadWeights(values) {
      let from = 0;
      for (const { at, size } of parameters) {
        view(at, size).set(values.subarray(from, from + size));
        from += size;
      }
    },
    weights: () => parameters.map(({ at, size }) => view(at, size)),
    saveOptimizer: (sizes) =>
      update.save(
        sizes,
        slots.map((at) => view(at, trainableCount)),
      ),
    restoreOptimizer(state) {
      update.restore(state).forEach((values, i) => view(slots[i] ?? 0, trainableCount).set(values));
    },
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
      return update.steps;
    },
    set steps(count) {
      update.steps = count;
    },
  };
}

/** Trainable weights, kept state (moving averages lie side by side) and the optimiser's slots. */
function stateRegions(
  { weights, trainableCount, parameters }: NetworkPlan,
  slots: readonly number[],
) {
  const kept = parameters.filter(({ isTrainable }) => !isTrainable);
  const keptCount = kept.reduce((sum, { size }) => sum + size, 0);
  return [
    { at: weights, count: trainableCount },
    { at: kept[0]?.at ?? 0, count: keptCount },
    ...slots.map((at) => ({ at, count: trainableCount })),
  ];
}

/** Numbers of a row that are copied one by one: a view of so few takes longer. */
const mostByLoop = 24;

function fillRows(
  { features, width, targets, weights }: TrainingRows,
  rows: Uint32Array,
  floats: Float32Array,
  at: { x: number; targets: number; rowWeights: number },
) {
  const x = at.x / 4;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    const from = row * width;
    if (width <= mostByLoop)
      for (let j = 0; j < width; j++) floats[x + i * width + j] = features[from + j] ?? NaN;
    else floats.set(features.subarray(from, from + width), x + i * width);
    floats[at.rowWeights / 4 + i] = weights ? (weights[row] ?? 1) : 1;
  }
  const start = at.targets / 4;
  targetRows(targets, rows, floats.subarray(start, start + rows.length * outputsOf(targets)));
}
