/** A recommender's figures on the test part, with their intervals, beside those of what is most popular. */
import { measured } from '../../evaluate/measured.ts';
import type { Evaluation } from '../../evaluate/evaluation.ts';
import type { SplitSpec } from '../../data/schema.ts';
import { StudioError } from '../../lib/errors.ts';
import type { Metrics } from '../../training/run.ts';
import { yieldToMessages } from '../../training/engine/yield.ts';
import { Breaks } from '../in-parts.ts';
import type { Interactions } from '../interactions.ts';
import { evaluateRanking } from '../ranking/evaluate-ranking.ts';
import { evaluateValues } from '../ranking/evaluate-values.ts';
import { meanIntervalInParts } from '../ranking/intervals.ts';
import { ListQuality } from '../ranking/list-quality.ts';
import { sliceByActivity, sliceByPopularity } from '../ranking/slices.ts';
import type { Scorer } from '../recommender.ts';
import { lookAheadInParts } from '../split-interactions.ts';

export interface EvaluationJob {
  model: Scorer;
  /** The baseline: what most people had. */
  popular: Scorer;
  /** What is known of people when they are ranked for. */
  known: Interactions;
  /** What they had by then, liked or not: left out of the lists. Null where it is what is known. */
  seen: Interactions | null;
  trained: Interactions;
  /** What lists are to foretell: what is liked. */
  test: Interactions;
  /** Test events whose values are predicted; null where they have none. */
  values: Interactions | null;
  likedFrom: number | null;
  /** Items that lists may have beside those that are ranked here, for no event is of them. */
  withoutEvents: number;
  split: SplitSpec;
  dataSet: string;
  seed: number;
}

export async function evaluateRecommender(
  job: EvaluationJob,
): Promise<{ evaluation: Evaluation; perUser: Float32Array }> {
  const { model, known, test, trained, seed, likedFrom } = job;
  const seen = job.seen ?? known;
  const breaks = new Breaks(yieldToMessages);
  const options = { seen, quality: await breaks.drive(ListQuality.of(known)) };
  const ranking = await evaluateRanking(model, known, test, yieldToMessages, options);
  const baseline = await evaluateRanking(job.popular, known, test, yieldToMessages, options);
  const values: Metrics = { ...ranking.metrics };
  if (job.values && model.predictsValues) {
    const { rmse, mae } = await evaluateValues(model, known, job.values, yieldToMessages);
    Object.assign(values, { rmse, mae });
  }
  const intervals: Record<string, [number, number] | null> = {};
  for (const [name, each] of Object.entries(ranking.perUser))
    intervals[name] = await breaks.drive(meanIntervalInParts(each, seed));
  const perUser = new Float32Array(test.users).fill(Number.NaN);
  ranking.users.forEach((user, row) => (perUser[user] = ranking.perUser.ndcgAt10[row] ?? NaN));
  const evaluation: Evaluation = {
    type: 'ranking',
    on: 'test split',
    rows: test.indices.length,
    skipped: [],
    metrics: measured(values, intervals, baseline.metrics),
    baseline: 'most-popular',
    users: ranking.users.length,
    items: model.items,
    protocol: {
      split: eventSplit(job.split),
      dataSet: job.dataSet,
      ...(likedFrom !== null && { likedFrom }),
      ...(job.withoutEvents > 0 && { withoutEvents: job.withoutEvents }),
      lookAhead: await breaks.drive(lookAheadInParts(trained, test)),
    },
    byActivity: sliceByActivity(ranking, known, 'ndcgAt10').map(({ events, people, value }) => ({
      events,
      people,
      ndcgAt10: value,
    })),
    byPopularity: sliceByPopularity(ranking, known, test).map(
      ({ name, items, wanted, recall }) => ({
        name,
        items,
        wanted,
        recallAt10: Number.isFinite(recall) ? recall : null,
      }),
    ),
  };
  return { evaluation, perUser };
}

/**
 * What a run says after an epoch: the ranking of the liked events held out, and how far predicted values are off where
 * it predicts them.
 */
export async function validationOf(
  model: Scorer,
  parts: Record<'known' | 'seen' | 'held', Interactions> & { values: Interactions | null },
  breathe: () => Promise<void>,
): Promise<Metrics> {
  const { known, seen, held, values } = parts;
  const { metrics } = await evaluateRanking(model, known, held, breathe, {
    seen,
    quality: null,
  });
  const { ndcgAt10, recallAt10 } = metrics;
  if (!values || !model.predictsValues) return { ndcgAt10, recallAt10 };
  const { rmse } = await evaluateValues(model, known, values, breathe);
  return { ndcgAt10, recallAt10, rmse };
}

/** RMSE of who says the mean of the known values for everything. */
export function valueBaseline(known: Interactions, held: Interactions): number {
  const sum = known.values.reduce((total, value) => total + value, 0);
  const mean = sum / known.values.length;
  const squares = held.values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.sqrt(squares / held.values.length);
}

function eventSplit({ type }: SplitSpec) {
  if (type === 'per-user' || type === 'last-out' || type === 'time') return type;
  throw new StudioError('bad-config', `Events can't be split by "${type}"`);
}
