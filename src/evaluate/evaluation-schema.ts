/** What an evaluation must be when it comes out of storage or a file. */
import * as v from 'valibot';
import type { Evaluation } from './evaluation.ts';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const curve = v.object({ label: v.string(), x: v.array(finite), y: v.array(finite) });

const common = {
  on: v.string(),
  rows: count,
  skipped: v.array(v.object({ reason: v.string(), rows: count })),
  metrics: v.record(
    v.string(),
    v.object({
      value: finite,
      interval: v.nullable(v.tuple([finite, finite])),
      baseline: v.nullable(finite),
    }),
  ),
  baseline: v.string(),
};

export const evaluationSchema = v.variant('type', [
  v.object({
    ...common,
    type: v.literal('classes'),
    classes: v.array(v.string()),
    perClass: v.array(
      v.object({
        name: v.string(),
        precision: finite,
        recall: finite,
        f1: finite,
        support: count,
      }),
    ),
    confusion: v.array(v.array(count)),
    roc: v.array(curve),
    precisionRecall: v.array(curve),
  }),
  v.object({
    ...common,
    type: v.literal('numbers'),
    sample: v.array(v.object({ row: count, actual: finite, predicted: finite })),
    residualHistogram: v.object({ edges: v.array(finite), counts: v.array(count) }),
  }),
  v.object({
    ...common,
    type: v.literal('ranking'),
    users: count,
    items: count,
    protocol: v.object({
      split: v.picklist(['per-user', 'last-out', 'time']),
      dataSet: v.string(),
      likedFrom: v.exactOptional(finite),
      withoutEvents: v.exactOptional(finite),
      lookAhead: v.object({ samePerson: finite, anyone: finite }),
    }),
    byActivity: v.array(
      v.object({ events: v.tuple([count, count]), people: count, ndcgAt10: finite }),
    ),
    byPopularity: v.array(
      v.object({
        name: v.picklist(['head', 'middle', 'tail']),
        items: count,
        wanted: count,
        recallAt10: v.nullable(finite),
      }),
    ),
  }),
]) satisfies v.GenericSchema<unknown, Evaluation>;
