/** A run as it is stored, before it has begun. */
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { RunRecord } from '../../src/training/run-record.ts';

export function runRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id: 'run',
    projectId: 'p',
    name: 'brisk-otter',
    taskId: 'tabular-classification',
    dataSet: 'd',
    config: defaultConfig(mlp, 'y'),
    createdAt: 1,
    status: 'running',
    error: null,
    backend: null,
    backendReason: null,
    baseline: null,
    epochs: [],
    folds: [],
    bestEpoch: 0,
    metrics: {},
    modelVersion: null,
    notices: [],
    checkpoint: null,
    ...changes,
  };
}
