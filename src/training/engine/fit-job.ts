/** What a solver is given and what it gives, whichever it is. */
import type { NetworkSpec, PackedWeights } from '../../models/spec.ts';
import type { RunControl } from '../control.ts';
import type { StartHelper } from '../helper-port.ts';
import type { SaveCheckpoint } from '../pipeline.ts';
import type { ProbeMemory } from '../backend-reason.ts';
import type { Backend, NetworkConfig, RunEvent, RunOutcome } from '../run.ts';
import type { TrainingRows } from './batches.ts';

export interface FitJob {
  config: NetworkConfig;
  train: TrainingRows;
  validation: TrainingRows | null;
  control: RunControl;
  emit: (event: RunEvent) => void;
  checkpoint: ArrayBuffer | null;
  saveCheckpoint: SaveCheckpoint;
  /** Absent where nothing is to be remembered. */
  probeMemory?: ProbeMemory;
  /** Starts a further worker of this run; absent where there can be none. */
  startHelper?: StartHelper;
  /** Unless told otherwise 3,000, or more where storing one takes long. */
  checkpointEveryMs?: number;
}

export interface FitResult {
  spec: NetworkSpec;
  weights: PackedWeights;
  outcome: RunOutcome;
  bestEpoch: number;
  backend: Backend;
}

/** l2 as the loss has it: scikit-learn's C, where set, is per sum and not per mean. */
export function l2Of(config: NetworkConfig, rows: number): number {
  const { inverseRegularization } = config;
  return config.l2 + (inverseRegularization === null ? 0 : 1 / (inverseRegularization * rows));
}
