/** A run's record: its guard on the way out of storage. */
import * as v from 'valibot';
import { rebasedId } from '../lib/rebased-id.ts';
import { backendReasonSchema, workersSchema } from './backend-reason.ts';
import { runConfigSchema } from './config-schema.ts';
import { columnsOf, epochsOf, isEpochColumns, type EpochColumns } from './epoch-columns.ts';
import { runNoticeSchema } from './run-notice.ts';
import { backends } from './run.ts';
import type { RunRecord } from './run-record.ts';

// NaN and infinities survive IndexedDB; a diverged run has them.
const metrics = v.record(v.string(), v.union([v.number(), v.nan()]));

const epoch = v.object({
  epoch: v.number(),
  train: metrics,
  validation: v.exactOptional(metrics),
  learningRate: v.number(),
  seconds: v.number(),
});

const runSchema: v.GenericSchema<unknown, RunRecord> = v.object({
  id: v.string(),
  projectId: v.string(),
  name: v.string(),
  taskId: v.string(),
  dataSet: v.string(),
  itemData: v.exactOptional(v.string()),
  userData: v.exactOptional(v.string()),
  config: runConfigSchema,
  createdAt: v.number(),
  status: v.picklist(['running', 'completed', 'early-stopped', 'stopped', 'diverged', 'failed']),
  error: v.nullable(v.object({ code: v.string(), message: v.string() })),
  backend: v.nullable(v.picklist(backends)),
  // The first version had it in words.
  backendReason: v.union([
    v.nullable(backendReasonSchema),
    v.pipe(
      v.string(),
      v.transform(() => null),
    ),
  ]),
  workers: v.exactOptional(workersSchema),
  parameters: v.exactOptional(v.number()),
  seconds: v.exactOptional(v.number()),
  baseline: v.nullable(metrics),
  // The first version had a record for each.
  epochs: v.union([
    v.array(epoch),
    v.pipe(
      v.custom<EpochColumns>(isEpochColumns, 'epochs are no columns of numbers'),
      v.transform(epochsOf),
    ),
  ]),
  folds: v.array(metrics),
  bestEpoch: v.number(),
  metrics: v.object({
    train: v.exactOptional(metrics),
    validation: v.exactOptional(metrics),
    test: v.exactOptional(metrics),
  }),
  modelVersion: v.nullable(v.string()),
  notices: v.array(runNoticeSchema),
  checkpoint: v.nullable(v.string()),
});

export const runCodec = {
  kind: 'run',
  version: 2,
  id: (run: RunRecord) => run.id,
  projectId: (run: RunRecord) => run.projectId,
  createdAt: (run: RunRecord) => run.createdAt,
  chunks: (run: RunRecord) => (run.checkpoint === null ? [] : [run.checkpoint]),
  encode: (run: RunRecord) => ({ ...run, epochs: columnsOf(run.epochs) }),
  decode: (body: unknown): RunRecord => v.parse(runSchema, body),
  withProject: (run: RunRecord, projectId: string): RunRecord => ({
    ...run,
    id: rebasedId(run.id, projectId),
    projectId,
  }),
};
