/** The guard for a run's settings, whether they come from a form, a script or storage. */
import * as v from 'valibot';
import { StudioError } from '../lib/errors.ts';
import { layerSchema } from '../models/spec-schema.ts';
import { backends, type NetworkConfig, type RecommenderConfig, type RunConfig } from './run.ts';

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const atLeastZero = v.pipe(v.number(), v.finite(), v.minValue(0));
const fraction = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const optimizer = v.variant('type', [
  v.object({
    type: v.literal('sgd'),
    momentum: fraction,
    nesterov: v.boolean(),
    weightDecay: v.exactOptional(atLeastZero),
  }),
  v.object({
    type: v.picklist(['adam', 'adamw']),
    beta1: fraction,
    beta2: fraction,
    epsilon: positive,
    weightDecay: atLeastZero,
  }),
  v.object({
    type: v.literal('rmsprop'),
    decay: fraction,
    epsilon: positive,
    weightDecay: v.exactOptional(atLeastZero),
  }),
]);

const schedule = v.variant('type', [
  v.object({ type: v.literal('constant') }),
  v.object({ type: v.literal('step'), every: count, factor: positive }),
  v.object({ type: v.literal('exponential'), factor: positive }),
  v.object({ type: v.literal('cosine'), warmupEpochs: v.pipe(v.number(), v.minValue(0)) }),
  v.object({ type: v.literal('reduce-on-plateau'), patience: count, factor: fraction }),
]);

export const networkConfigSchema: v.GenericSchema<unknown, NetworkConfig> = v.strictObject({
  learner: v.pipe(v.string(), v.nonEmpty()),
  target: v.pipe(v.string(), v.nonEmpty()),
  seed: v.pipe(v.number(), v.integer()),
  backend: v.picklist(['auto', ...backends]),
  solver: v.picklist(['closed-form', 'lbfgs', 'gradient-descent']),
  layers: v.pipe(v.array(layerSchema), v.maxLength(100)),
  optimizer,
  learningRate: positive,
  // Runs of before have none of these.
  clipping: v.optional(
    v.nullable(v.object({ type: v.picklist(['norm', 'value']), limit: positive })),
    null,
  ),
  lossScaling: v.optional(v.picklist(['none', 'dynamic']), 'none'),
  precision: v.optional(v.picklist(['single', 'mixed']), 'single'),
  schedule,
  batchSize: v.pipe(count, v.maxValue(1_000_000)),
  epochs: v.pipe(count, v.maxValue(1_000_000)),
  earlyStopping: v.nullable(v.object({ patience: count, minDelta: atLeastZero })),
  l1: atLeastZero,
  l2: atLeastZero,
  inverseRegularization: v.nullable(positive),
  classWeights: v.picklist(['none', 'balanced']),
  folds: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(1000))),
  shuffleFolds: v.boolean(),
  // Settings that were stored before there were several workers lack these.
  workers: v.optional(v.union([v.literal('auto'), v.pipe(count, v.maxValue(64))]), 'auto'),
  averageEvery: v.optional(v.pipe(count, v.maxValue(1024)), 1),
});

export const recommenderConfigSchema = v.strictObject({
  learner: v.pipe(v.string(), v.nonEmpty()),
  seed: v.pipe(v.number(), v.integer()),
  // What a method makes of them is the method's own business.
  settings: v.record(
    v.pipe(v.string(), v.maxLength(64)),
    v.union([v.pipe(v.number(), v.finite()), v.pipe(v.string(), v.maxLength(256)), v.boolean()]),
  ),
}) satisfies v.GenericSchema<unknown, RecommenderConfig>;

export const runConfigSchema = v.lazy((value): v.GenericSchema<unknown, RunConfig> =>
  typeof value === 'object' && value !== null && 'settings' in value
    ? recommenderConfigSchema
    : networkConfigSchema,
);

/** @throws StudioError `bad-config` that names the setting and its value */
export function parseRunConfig(value: unknown): RunConfig {
  const result = v.safeParse(runConfigSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? 'config';
  throw new StudioError(
    'bad-config',
    `setting "${path}": ${issue.received} won't do; expected ${issue.expected ?? 'another value'}`,
  );
}
