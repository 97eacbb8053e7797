/** A step's plan in WebAssembly's memory, with the rows that it is trained on: what one thread computes. */
import type { TrainingRows } from '../batches.ts';
import type { OptimizerState } from '../optimizer.ts';
import { outputsOf, targetRows } from '../targets.ts';
import { planStep, type BatchPlace, type StepPlanJob } from './step-plan.ts';
import type { WasmWorkspace } from './wasm-workspace.ts';

export interface WasmStepPlanJob extends StepPlanJob {
  train: TrainingRows;
}

export interface WasmStepPlan {
  readonly hasDropout: boolean;
  /** Σ weight · loss over the rows; their gradient is kept. */
  gradient(rows: Uint32Array, place: BatchPlace): number;
  gradientInParts(rows: Uint32Array, place: BatchPlace): Generator<unknown, number, undefined>;
  /** One update by the gradient that is kept. */
  update(learningRate: number): void;
  /** @param values all numbers in the order in which they are packed */
  loadWeights(values: Float32Array): void;
  /** Views, one a variable in the order in which they are packed; good until the next step. */
  weights(): Float32Array[];
  /** @param sizes of the trainable variables, in order @returns views, good until the next step */
  saveOptimizer(sizes: readonly number[]): OptimizerState;
  restoreOptimizer(state: OptimizerState): void;
}

/** @throws OutOfWorkspace */
export function planWasmStep(job: WasmStepPlanJob, workspace: WasmWorkspace): WasmStepPlan {
  const { train } = job;
  const plan = planStep(job, workspace);
  const { network, update, slots, targets, rowWeights } = plan;
  const { trainableCount, parameters } = network;
  const view = (at: number, count: number) => workspace.floats.subarray(at / 4, at / 4 + count);
  const fill = (rows: Uint32Array) =>
    fillRows(train, rows, workspace.floats, { x: network.input, targets, rowWeights });
  return {
    hasDropout: network.hasDropout,
    gradient: (rows, place) => plan.gradient(rows, place, fill),
    gradientInParts: (rows, place) => plan.gradientInParts(rows, place, fill),
    update: (learningRate) => plan.apply(learningRate),
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
  };
}

function fillRows(
  { features, width, targets, weights }: TrainingRows,
  rows: Uint32Array,
  floats: Float32Array,
  at: { x: number; targets: number; rowWeights: number },
) {
  const x = at.x / 4;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    floats.set(features.subarray(row * width, row * width + width), x + i * width);
    floats[at.rowWeights / 4 + i] = weights ? (weights[row] ?? 1) : 1;
  }
  const start = at.targets / 4;
  targetRows(targets, rows, floats.subarray(start, start + rows.length * outputsOf(targets)));
}
