/** What a model version must be when it comes out of storage or a file; the bytes of its weights aside. */
import * as v from 'valibot';
import { fittedPreparationSchema, fittedTargetSchema } from '../data/preparation-schema.ts';
import { evaluationSchema } from '../evaluate/evaluation-schema.ts';
import { networkSchema } from '../models/spec-schema.ts';
import { runConfigSchema } from '../training/config-schema.ts';
import type { ModelVersion } from './model-version.ts';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is no SHA-256'));
/** Sizes of a tensor: more would be somebody's mistake, or worse. */
const shape = v.pipe(v.array(v.pipe(positive, v.maxValue(2 ** 24))), v.maxLength(6));

/** NaN where a run diverged. */
const metrics = v.record(v.string(), v.union([v.number(), v.nan()]));

export const modelVersionSchema: v.GenericSchema<unknown, ModelVersion> = v.object({
  id: digest,
  projectId: v.pipe(v.string(), v.nonEmpty()),
  number: positive,
  taskId: v.string(),
  runId: v.string(),
  dataSet: v.string(),
  createdAt: v.number(),
  config: runConfigSchema,
  spec: networkSchema,
  preparation: fittedPreparationSchema,
  target: fittedTargetSchema,
  weights: v.object({
    chunk: digest,
    tensors: v.pipe(v.array(v.object({ name: v.string(), shape })), v.maxLength(10_000)),
  }),
  metrics: v.object({
    train: v.exactOptional(metrics),
    validation: v.exactOptional(metrics),
    test: v.exactOptional(metrics),
  }),
  evaluation: v.nullable(evaluationSchema),
  predictions: v.nullable(digest),
  parents: v.array(v.string()),
});
