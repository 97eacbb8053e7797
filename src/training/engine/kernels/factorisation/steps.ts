/**
 * Training steps of a matrix factorisation on WebAssembly: of values (ratings) by squared error, or of what is
 * preferred to what by Bayesian personalised ranking. On WebGPU: webgpu/factorisation.ts.
 */
import type { OptimizerState } from '../../optimizer.ts';
import { WasmWorkspace } from '../wasm-workspace.ts';
import { OutOfWorkspace } from '../workspace.ts';
import {
  checkTables,
  fillBatch,
  kindOf,
  planFactorisation,
  type FactorisationBatch,
  type FactorisationJob,
} from './plan.ts';

export interface FactorisationSteps {
  /** @returns Σ weight · loss over the batch, before the update */
  step(batch: FactorisationBatch, learningRate: number): number;
  /** All tables, one after the other; a view. */
  readonly tables: Float32Array;
  /** Its slots are views. */
  saveOptimizer(): OptimizerState;
  restoreOptimizer(state: OptimizerState): void;
}

/** Null where WebAssembly has no vectors, or the tables don't fit. @param tables how they start */
export function createFactorisationSteps(
  job: FactorisationJob,
  tables: Float32Array,
): FactorisationSteps | null {
  const workspace = WasmWorkspace.start();
  try {
    return workspace && steps(job, tables, workspace);
  } catch (error) {
    if (error instanceof OutOfWorkspace) return null;
    throw error;
  }
}

function steps(
  job: FactorisationJob,
  start: Float32Array,
  workspace: WasmWorkspace,
): FactorisationSteps {
  const plan = planFactorisation(job, workspace);
  checkTables(plan, start);
  const { count, slots, update } = plan;
  const { floats } = workspace;
  const view = (at: number, length = count) => floats.subarray(at / 4, at / 4 + length);
  view(plan.tables).set(start);
  return {
    step(batch, learningRate) {
      fillBatch(view(plan.batch, 4 * job.batchSize), batch, job.batchSize);
      return plan.step(batch.users.length, kindOf(batch), learningRate);
    },
    get tables() {
      return view(plan.tables);
    },
    saveOptimizer() {
      return update.save(
        [count],
        slots.map((at) => view(at)),
      );
    },
    restoreOptimizer(state) {
      update.restore(state).forEach((values, i) => view(slots[i] ?? 0).set(values));
    },
  };
}
