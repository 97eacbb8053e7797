/** A run as it is stored: its settings, how it went, and where a killed one goes on. */
import type {
  Backend,
  BackendReason,
  EpochRecord,
  MetricSet,
  Metrics,
  RunConfig,
  RunNotice,
  RunOutcome,
  WorkersChoice,
} from './run.ts';

export interface RunRecord {
  id: string;
  projectId: string;
  /** Memorable: "brisk-otter". */
  name: string;
  taskId: string;
  dataSet: string;
  /** Digest of the table of items that was there, of a task that takes one. */
  itemData?: string;
  /** Digest of the table of people. */
  userData?: string;
  config: RunConfig;
  createdAt: number;
  /** `running` without a tab that holds its lock means interrupted: it can be resumed. */
  status: 'running' | RunOutcome | 'failed';
  error: { code: string; message: string } | null;
  backend: Backend | null;
  /** Null before it is chosen. */
  backendReason: BackendReason | null;
  /** Absent: one. */
  workers?: WorkersChoice;
  /** That it learns; absent before it has begun, and of runs of before. */
  parameters?: number;
  /** Of the worker's time so far; absent likewise. */
  seconds?: number;
  /** What answering without learning scores on the rows that the curves are of. */
  baseline: Metrics | null;
  epochs: EpochRecord[];
  /** Figures of each fold, where the run was a cross-validation. */
  folds: Record<string, number>[];
  bestEpoch: number;
  metrics: MetricSet;
  modelVersion: string | null;
  notices: RunNotice[];
  /** Digest of the latest checkpoint (training/engine/checkpoint.ts); null once the run has ended. */
  checkpoint: string | null;
}
