import { StudioError } from '../../../lib/errors.ts';
import { trainRecommender } from '../../../recommend/engine/train-recommender.ts';
import type { Pipeline, RecommenderOutcome } from '../../../training/pipeline.ts';

export default {
  train: trainRecommender,
  estimate: () => Promise.resolve(null),
  open: () =>
    Promise.reject(new StudioError('unsupported', 'A recommender ranks items, it has no rows')),
} satisfies Pipeline<RecommenderOutcome>;
