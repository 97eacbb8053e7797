/** What a model version must be when it comes out of storage or a file; the bytes of its weights aside. */
import * as v from 'valibot';
import { fittedPreparationSchema, fittedTargetSchema } from '../data/preparation-schema.ts';
import { evaluationSchema } from '../evaluate/evaluation-schema.ts';
import { networkSchema } from '../models/spec-schema.ts';
import { networkConfigSchema, recommenderConfigSchema } from '../training/config-schema.ts';
import {
  arrayTypes,
  type ModelVersion,
  type NetworkVersion,
  type RecommenderVersion,
} from './model-version.ts';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is no SHA-256'));
/** Sizes of a tensor: more would be somebody's mistake, or worse. */
const shape = v.pipe(v.array(v.pipe(positive, v.maxValue(2 ** 24))), v.maxLength(6));

/** NaN where a run diverged. */
const metrics = v.record(v.string(), v.union([v.number(), v.nan()]));

const base = {
  id: digest,
  projectId: v.pipe(v.string(), v.nonEmpty()),
  number: positive,
  taskId: v.string(),
  runId: v.string(),
  dataSet: v.string(),
  createdAt: v.number(),
  metrics: v.object({
    train: v.exactOptional(metrics),
    validation: v.exactOptional(metrics),
    test: v.exactOptional(metrics),
  }),
  evaluation: v.nullable(evaluationSchema),
  parents: v.array(v.string()),
};

const networkVersion: v.GenericSchema<unknown, NetworkVersion> = v.object({
  ...base,
  config: networkConfigSchema,
  spec: networkSchema,
  preparation: fittedPreparationSchema,
  target: fittedTargetSchema,
  weights: v.object({
    chunk: digest,
    tensors: v.pipe(v.array(v.object({ name: v.string(), shape })), v.maxLength(10_000)),
  }),
  predictions: v.nullable(digest),
});

const recommenderVersion: v.GenericSchema<unknown, RecommenderVersion> = v.object({
  ...base,
  config: recommenderConfigSchema,
  epochs: v.exactOptional(v.object({ kept: v.number(), run: v.number() })),
  noneLiked: v.exactOptional(v.object({ from: v.number(), highest: v.number() })),
  recommender: v.object({
    method: v.pipe(v.string(), v.nonEmpty()),
    // A hybrid's hold its members' own, as JSON.
    settings: v.record(
      v.string(),
      v.union([
        v.pipe(v.number(), v.finite()),
        v.pipe(v.string(), v.maxLength(65_536)),
        v.boolean(),
      ]),
    ),
    arrays: v.pipe(
      v.array(
        v.object({
          name: v.string(),
          type: v.picklist(arrayTypes),
          length: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31)),
          chunk: digest,
        }),
      ),
      v.maxLength(1000),
    ),
    items: digest,
    perUser: v.nullable(digest),
  }),
});

export const modelVersionSchema = v.lazy((value): v.GenericSchema<unknown, ModelVersion> =>
  typeof value === 'object' && value !== null && 'recommender' in value
    ? recommenderVersion
    : networkVersion,
);
