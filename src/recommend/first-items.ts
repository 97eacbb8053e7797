/** A model that ranks fewer items than it knows. */
import type { Scorer } from './recommender.ts';

/**
 * Scores of the first items alone. Figures are of those that events are of, which every method ranks: one that knows
 * more isn't to be held against others by more to choose from.
 */
export function firstItems(model: Scorer, count: number): Scorer {
  if (count === model.items) return model;
  const all = new Float32Array(model.items);
  return {
    items: count,
    predictsValues: model.predictsValues,
    score(taste, out) {
      model.score(taste, all);
      out.set(all.subarray(0, count));
    },
  };
}
