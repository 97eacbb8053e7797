/** Whoever carries the ratings of somebody known to a model is scored within .1 of them: every method, person, item. */
import { expect, test } from 'vitest';
import { allMethods } from '../../../src/recommend/engine/methods.ts';
import { tasteOf, type Interactions } from '../../../src/recommend/interactions.ts';
import type { ItemFeatures } from '../../../src/recommend/item-features.ts';
import type { Recommender, RecommenderMethod } from '../../../src/recommend/recommender.ts';
import { fitContext, randomInteractions } from '../../support/small-interactions.ts';
import { categoriesOf } from '../../support/tiny-tastes.ts';

const rated = randomInteractions(40, 25, 0.4, 7, 5);
const ratings: Interactions = { ...rated, times: Float64Array.from(rated.indices.keys()) };
const features: ItemFeatures = {
  ...{ items: ratings.items, texts: null, numbers: null },
  categories: categoriesOf(
    Array.from({ length: ratings.items }, (_, item) => [item % 2 ? 'odd' : 'even', `c${item % 5}`]),
  ),
};

/** Small, and long enough to learn people apart. */
const settings: Record<string, object> = {
  'biased-mf': { factors: 5, learningRate: 0.02 },
  ...{ bpr: { factors: 5 }, ials: { factors: 5 }, 'pure-svd': { factors: 5 } },
  ease: { regularization: 5 },
  sasrec: { units: 8, heads: 1, blocks: 1, steps: 6, epochs: 4 },
  gru4rec: { units: 8, steps: 6, epochs: 4 },
  'two-tower': { units: 8, hidden: 8, epochs: 4, batchSize: 32 },
  hybrid: {
    members: [
      { method: 'bpr', weight: 1, settings: { factors: 5 } },
      { method: 'content-based', weight: 1 },
      { method: 'two-tower', weight: 1, settings: { units: 8, hidden: 8, epochs: 4 } },
    ],
  },
};

const scoresOf = (model: Recommender, user: number, isKnown: boolean) => {
  const { items, values, times } = tasteOf(ratings, user);
  const out = new Float32Array(model.items);
  model.score({ items, values, times, ...(isKnown && { user }) }, out);
  return out;
};

test.each(Object.keys(allMethods))('%s', async (id) => {
  // Each is given its own settings.
  const method = new Map(Object.entries(allMethods)).get(
    id,
  ) as unknown as RecommenderMethod<object>;
  const all = { ...method.defaults, ...settings[id] };
  const model = await method.fit(ratings, all, fitContext, features);
  // Elsewhere, nothing that was learned of people is in reach.
  const elsewhere = method.open(structuredClone(model.save()));
  const spread: number[] = [];
  for (let user = 0; user < ratings.users; user++) {
    const known = scoresOf(model, user, true);
    const folded = scoresOf(elsewhere, user, false);
    const furthest = known.reduce((most, score, item) => {
      expect(Number.isFinite(score)).toBe(true);
      return Math.max(most, Math.abs(score - (folded[item] ?? NaN)));
    }, 0);
    expect(furthest, `user ${user}`).toBeLessThanOrEqual(0.1);
    spread.push(known[0] ?? NaN);
  }
  // People are told apart, or it would say nothing.
  if (!['most-popular', 'item-mean'].includes(id)) expect(new Set(spread).size).toBeGreaterThan(10);
});
