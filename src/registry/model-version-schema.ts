/** What a model version must be when it comes out of storage or a file; the bytes of its weights aside. */
import * as v from 'valibot';
import { fittedPreparationSchema, fittedTargetSchema } from '../data/preparation-schema.ts';
import { evaluationSchema } from '../evaluate/evaluation-schema.ts';
import { activations, initializers, type NetworkSpec } from '../models/spec.ts';
import { backends, type RunConfig } from '../training/run.ts';
import type { ModelVersion } from './model-version.ts';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(count, v.minValue(1));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is no SHA-256'));
/** Sizes of a tensor: more would be somebody's mistake, or worse. */
const shape = v.pipe(v.array(v.pipe(positive, v.maxValue(2 ** 24))), v.maxLength(6));

const layer = v.variant('type', [
  v.object({
    type: v.literal('dense'),
    units: v.pipe(positive, v.maxValue(2 ** 16)),
    activation: v.picklist(activations),
    useBias: v.exactOptional(v.boolean()),
    initializer: v.exactOptional(v.picklist(initializers)),
  }),
  v.object({ type: v.literal('dropout'), rate: v.pipe(finite, v.minValue(0), v.ltValue(1)) }),
  v.object({ type: v.picklist(['batch-norm', 'layer-norm']) }),
]);
const layers = v.pipe(v.array(layer), v.maxLength(200));

const networkSpec = v.object({ inputShape: shape, layers }) satisfies v.GenericSchema<
  unknown,
  NetworkSpec
>;

const optimizer = v.variant('type', [
  v.object({ type: v.literal('sgd'), momentum: finite, nesterov: v.boolean() }),
  v.object({
    type: v.picklist(['adam', 'adamw']),
    beta1: finite,
    beta2: finite,
    epsilon: finite,
    weightDecay: finite,
  }),
  v.object({ type: v.literal('rmsprop'), decay: finite, epsilon: finite }),
]);

const schedule = v.variant('type', [
  v.object({ type: v.literal('constant') }),
  v.object({ type: v.literal('step'), every: positive, factor: finite }),
  v.object({ type: v.literal('exponential'), factor: finite }),
  v.object({ type: v.literal('cosine'), warmupEpochs: count }),
  v.object({ type: v.literal('reduce-on-plateau'), patience: count, factor: finite }),
]);

const runConfig = v.object({
  learner: v.string(),
  target: v.string(),
  seed: finite,
  backend: v.picklist([...backends, 'auto']),
  solver: v.picklist(['closed-form', 'lbfgs', 'gradient-descent']),
  layers,
  optimizer,
  learningRate: finite,
  schedule,
  batchSize: count,
  epochs: count,
  earlyStopping: v.nullable(v.object({ patience: count, minDelta: finite })),
  l1: finite,
  l2: finite,
  classWeights: v.picklist(['none', 'balanced']),
  folds: v.nullable(positive),
  shuffleFolds: v.boolean(),
}) satisfies v.GenericSchema<unknown, RunConfig>;

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
  config: runConfig,
  spec: networkSpec,
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
