/** How many rows of a batch are computed at a time on wasm, so that what passes from layer to layer stays in the caches. */
import type { NetworkSpec } from '../../../models/spec.ts';
import { NoPlan } from './plan/layer-plan.ts';
import { planNetwork } from './plan/network-plan.ts';
import type { LayerPlanners } from './plan/plan-layer.ts';
import { countWorkspace } from './wasm-workspace.ts';

/**
 * Of what layers give and get back: about what a laptop's last cache holds beside the rest. Measured with a
 * convolutional network of 190 kB a row (one core of a server, 32 MB shared): 1.17 times as fast at 128 rows, 1.35 times
 * at 512; at 32, which is 6 MB, no faster.
 */
const whole = 8 * 2 ** 20;
const part = 4 * 2 ** 20;
/** Products of fewer rows are slower. */
const fewestRows = 16;

interface Batch {
  spec: NetworkSpec;
  /** Its rows. */
  batch: number;
  /** Absent: all that there are. */
  planners?: LayerPlanners | undefined;
}

/**
 * The rows of a part, an even number, or of the whole batch: where that stays in the caches, where its rows are normed
 * together, and where the gradients of many weights would be summed for few rows.
 */
export function rowsInCaches({ spec, batch, planners }: Batch): number {
  if (batch <= fewestRows || spec.layers.some(({ type }) => type === 'batch-norm')) return batch;
  const bytesOf = (rows: number) =>
    countWorkspace(
      (workspace) =>
        planNetwork(spec, { rows, isTraining: true, ...(planners && { planners }) }, workspace)
          .trainableCount,
    );
  try {
    const [one, all] = [bytesOf(1), bytesOf(batch)];
    if (!one || !all) return batch;
    const perRow = (all.bytes - one.bytes) / (batch - 1);
    if (perRow * batch <= whole) return batch;
    const rows = Math.max(part, 2 * 4 * all.laid) / perRow;
    return Math.min(batch, Math.max(fewestRows, 2 * Math.floor(rows / 2)));
  } catch (error) {
    if (error instanceof NoPlan) return batch;
    throw error;
  }
}
