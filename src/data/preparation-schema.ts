/** Guards for fitted preparations and targets as they come out of storage or a file. */
import * as v from 'valibot';
import type { FittedPreparation, FittedTarget } from './preparation.ts';

const finite = v.pipe(v.number(), v.finite());

const numeric = v.object({
  encoder: v.literal('numeric'),
  column: v.string(),
  isDate: v.boolean(),
  required: v.boolean(),
  impute: finite,
  indicator: v.boolean(),
  offset: finite,
  divisor: v.pipe(finite, v.notValue(0)),
});

const oneHot = v.object({
  encoder: v.literal('one-hot'),
  column: v.string(),
  required: v.boolean(),
  categories: v.array(v.string()),
  reference: v.nullable(v.string()),
  missing: v.variant('type', [
    v.object({ type: v.literal('own-category') }),
    v.object({ type: v.literal('category'), value: v.string() }),
  ]),
  other: v.boolean(),
  indicator: v.boolean(),
});

export const fittedPreparationSchema: v.GenericSchema<unknown, FittedPreparation> = v.object({
  columns: v.array(v.variant('encoder', [numeric, oneHot])),
  featureNames: v.array(v.string()),
});

export const fittedTargetSchema: v.GenericSchema<unknown, FittedTarget> = v.variant('type', [
  v.object({
    type: v.literal('classes'),
    column: v.string(),
    classes: v.pipe(v.array(v.string()), v.minLength(2)),
    counts: v.array(finite),
  }),
  v.object({
    type: v.literal('number'),
    column: v.string(),
    offset: finite,
    divisor: v.pipe(finite, v.notValue(0)),
    mean: finite,
  }),
]);
