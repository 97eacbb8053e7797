/** Training steps of a matrix factorisation on WebGPU: as factorisation/steps.ts has them, without waiting for losses. */
import type { OptimizerState } from '../../optimizer.ts';
import {
  checkTables,
  fillBatch,
  kindOf,
  planFactorisation,
  type FactorisationBatch,
  type FactorisationJob,
} from '../factorisation/plan.ts';
import { OutOfWorkspace } from '../workspace.ts';
import { openGpu } from './device.ts';
import { KeptLosses } from './kept-losses.ts';
import { GpuWorkspace } from './workspace.ts';

export interface GpuFactorisationSteps {
  /** @throws StudioError `device-lost`, `out-of-memory`, `internal` for what went wrong before */
  step(batch: FactorisationBatch, learningRate: number): void;
  /** Σ weight · loss of each step since it was last asked for, before its update. @throws StudioError `device-lost` */
  readLosses(): Promise<Float32Array>;
  /** All tables, one after the other. @throws StudioError `device-lost` */
  readTables(): Promise<Float32Array>;
  saveOptimizer(): Promise<OptimizerState>;
  restoreOptimizer(state: OptimizerState): void;
  dispose(): void;
}

/** Null where there is no WebGPU, or the tables don't fit. @param tables how they start */
export async function createGpuFactorisationSteps(
  job: FactorisationJob,
  tables: Float32Array<ArrayBuffer>,
): Promise<GpuFactorisationSteps | null> {
  const gpu = await openGpu();
  if (!gpu) return null;
  const workspace = new GpuWorkspace(gpu);
  try {
    return await steps(job, tables, workspace);
  } catch (error) {
    workspace.dispose();
    if (error instanceof OutOfWorkspace) return null;
    throw error;
  }
}

async function steps(
  job: FactorisationJob,
  start: Float32Array<ArrayBuffer>,
  workspace: GpuWorkspace,
): Promise<GpuFactorisationSteps> {
  const { batchSize } = job;
  const plan = planFactorisation(job, workspace);
  checkTables(plan, start);
  const { count, slots, update } = plan;
  const losses = new KeptLosses(workspace, 1);
  const columns = new Float32Array(4 * batchSize);
  const before = update.save([], []); // a rehearsal is no step
  await workspace.build(() => {
    for (const kind of ['values', 'pairs'] as const) plan.step(batchSize, kind, 0);
  });
  update.restore(before);
  workspace.write(plan.tables, start);
  return {
    step(batch, learningRate) {
      fillBatch(columns, batch, batchSize);
      workspace.write(plan.batch, columns);
      losses.expect(1);
      plan.step(batch.users.length, kindOf(batch), learningRate);
      workspace.submit();
    },
    readLosses: () => losses.take(),
    async readTables() {
      const [tables] = await workspace.read([{ at: plan.tables, count }]);
      return tables ?? new Float32Array(0);
    },
    async saveOptimizer() {
      return update.save([count], await workspace.read(slots.map((at) => ({ at, count }))));
    },
    restoreOptimizer(state) {
      update.restore(state).forEach((values, i) => workspace.write(slots[i] ?? 0, values));
    },
    dispose: () => workspace.dispose(),
  };
}
