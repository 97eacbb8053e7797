/** What a run's model is worth, by full ranking of the test part. */
import { valuesOf, type Evaluation } from '../../evaluate/evaluation.ts';
import type { NoneLiked } from '../../registry/model-version.ts';
import { yieldToMessages } from '../../training/engine/yield.ts';
import type { TrainingJob } from '../../training/pipeline.ts';
import type { MetricSet } from '../../training/run.ts';
import { firstItems } from '../first-items.ts';
import { Breaks } from '../in-parts.ts';
import type { Interactions } from '../interactions.ts';
import { joinInParts } from '../join-interactions.ts';
import type { Recommender } from '../recommender.ts';
import { evaluateRecommender } from './evaluate-recommender.ts';
import type { TrainingData } from './training-data.ts';

export interface MeasuredRun {
  metrics: MetricSet;
  /** Null where nothing that counts was held out to test on. */
  evaluation: Evaluation | null;
  perUser: Float32Array | null;
  noneLiked: NoneLiked | null;
}

/** To the end even where the run was stopped: a model without figures is of little use. */
export async function measureRun(
  { source, config }: Pick<TrainingJob, 'source' | 'config'>,
  { table, parts, learned, items, popular }: TrainingData,
  model: Recommender,
  trainSeconds: number,
): Promise<MeasuredRun> {
  const { digest, split } = source.dataSet;
  const train = { trainSeconds };
  const noneLiked = noneLikedIn(parts.test, table.likedFrom);
  if (learned.test.indices.length === 0)
    return { metrics: { train }, evaluation: null, perUser: null, noneLiked };
  const { evaluation, perUser } = await evaluateRecommender({
    model: firstItems(model, table.items.length),
    withoutEvents: items.length - table.items.length,
    popular,
    // What was held out to validate lies before the test: it is known by then.
    known: await new Breaks(yieldToMessages).drive(joinInParts(learned.train, learned.validation)),
    trained: learned.train,
    seen: learned.seen,
    test: learned.test,
    values: table.hasValues ? parts.test : null,
    likedFrom: table.likedFrom,
    ...{ split, dataSet: digest, seed: config.seed },
  });
  return { metrics: { train, test: valuesOf(evaluation.metrics) }, evaluation, perUser, noneLiked };
}

/** Null where some test event counts as liked, or there is none at all. */
function noneLikedIn(test: Interactions, from: number | null): NoneLiked | null {
  if (from === null || test.values.length === 0) return null;
  const highest = test.values.reduce((most, value) => Math.max(most, value), -Infinity);
  return highest < from ? { from, highest } : null;
}
