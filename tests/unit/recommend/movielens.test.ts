/**
 * The reference figures on MovieLens-100K: full ranking over all items, what was seen left out, binary.
 * C tests on every fifth row, A on each person's last event by (time, item).
 */
import { describe, expect, test } from 'vitest';
import { buildInteractions } from '../../../src/recommend/build-interactions.ts';
import { tasteOf, type Interactions } from '../../../src/recommend/interactions.ts';
import { methods } from '../../../src/recommend/methods/index.ts';
import { evaluateRanking } from '../../../src/recommend/ranking/evaluate-ranking.ts';
import { evaluateValues } from '../../../src/recommend/ranking/evaluate-values.ts';
import type { FitContext, Recommender } from '../../../src/recommend/recommender.ts';
import { splitInteractions } from '../../../src/recommend/split-interactions.ts';
import {
  everyFifthRow,
  hasMovieLens,
  movieLens,
  movieLensShape,
  movieLensTitle,
  type TrainAndTest,
} from '../../support/ml-100k.ts';
import { fitContext } from '../../support/small-interactions.ts';

interface Reference {
  fit(train: Interactions): Promise<Recommender>;
  c: { ndcgAt10: number; recallAt10: number; coverageAt10: number };
  a: { ndcgAt10: number; hitAt10: number };
  tolerance: number;
  coverageTolerance?: number;
}

const deterministic = 0.0005;
const stochastic = 0.015;
/** Coverage is printed to three digits: half of the last is added to what it may differ by. */
const printed = 0.0005;

const references: Record<string, Reference> = {
  'most-popular': {
    fit: (train) => methods['most-popular'].fit(train, {}, fitContext, null),
    c: { ndcgAt10: 0.2145, recallAt10: 0.1117, coverageAt10: 0.034 },
    a: { ndcgAt10: 0.0253, hitAt10: 0.0498 },
    tolerance: deterministic,
  },
  'item-knn': {
    fit: (train) => methods['item-knn'].fit(train, methods['item-knn'].defaults, fitContext, null),
    c: { ndcgAt10: 0.3828, recallAt10: 0.2082, coverageAt10: 0.262 },
    a: { ndcgAt10: 0.0407, hitAt10: 0.0859 },
    tolerance: deterministic,
    // Of neighbours with the same cosine, which are the fifty isn't said: orders tried in NumPy give .260 to .261.
    coverageTolerance: 0.0015,
  },
  'user-knn': {
    fit: (train) => methods['user-knn'].fit(train, methods['user-knn'].defaults, fitContext, null),
    c: { ndcgAt10: 0.389, recallAt10: 0.209, coverageAt10: 0.149 },
    a: { ndcgAt10: 0.0325, hitAt10: 0.0732 },
    tolerance: deterministic,
  },
  'pure-svd': {
    fit: (train) => methods['pure-svd'].fit(train, methods['pure-svd'].defaults, fitContext, null),
    c: { ndcgAt10: 0.4264, recallAt10: 0.2332, coverageAt10: 0.234 },
    a: { ndcgAt10: 0.04, hitAt10: 0.0859 },
    tolerance: deterministic,
  },
  ease: {
    fit: (train) => methods.ease.fit(train, methods.ease.defaults, fitContext, null),
    c: { ndcgAt10: 0.4451, recallAt10: 0.2452, coverageAt10: 0.219 },
    a: { ndcgAt10: 0.0415, hitAt10: 0.088 },
    tolerance: deterministic,
  },
  ials: {
    fit: (train) => methods.ials.fit(train, methods.ials.defaults, fitContext, null),
    c: { ndcgAt10: 0.4275, recallAt10: 0.238, coverageAt10: 0.262 },
    a: { ndcgAt10: 0.041, hitAt10: 0.087 },
    tolerance: stochastic,
  },
  bpr: {
    fit: (train) => methods.bpr.fit(train, methods.bpr.defaults, fitContext, null),
    c: { ndcgAt10: 0.366, recallAt10: 0.204, coverageAt10: 0.37 },
    a: { ndcgAt10: 0.044, hitAt10: 0.09 },
    tolerance: stochastic,
  },
};

function leaveLastOut(): TrainAndTest {
  const all = buildInteractions({ ...movieLens(), values: null }, movieLensShape, 'last');
  return splitInteractions(all, { type: 'leave-last-out', validation: false });
}

describe.skipIf(!hasMovieLens)(movieLensTitle, { timeout: 120_000 }, () => {
  test.each(Object.entries(references))('%s ranks as the reference does', async (_, reference) => {
    const { tolerance, coverageTolerance = tolerance + printed } = reference;
    const near = (found: number, wanted: number, within: number, name: string) =>
      expect(Math.abs(found - wanted), `${name} ${found}, not ${wanted}`).toBeLessThan(
        within + 1e-9,
      );
    const c = everyFifthRow(0, true);
    const fitted = await reference.fit(c.train);
    const { metrics } = await evaluateRanking(fitted, c.train, c.test);
    near(metrics.ndcgAt10, reference.c.ndcgAt10, tolerance, 'C NDCG@10');
    near(metrics.recallAt10, reference.c.recallAt10, tolerance, 'C Recall@10');
    near(metrics.coverageAt10, reference.c.coverageAt10, coverageTolerance, 'C coverage');
    const a = leaveLastOut();
    const onLast = await evaluateRanking(await reference.fit(a.train), a.train, a.test);
    expect(onLast.users).toHaveLength(943);
    near(onLast.metrics.ndcgAt10, reference.a.ndcgAt10, tolerance, 'A NDCG@10');
    near(onLast.metrics.hitAt10, reference.a.hitAt10, tolerance, 'A Hit@10');
  });

  test('the mean of items and the baseline of ratings err as the reference does, in 5 folds', async () => {
    const sums = { mean: 0, rmse: 0, mae: 0 };
    for (let fold = 0; fold < 5; fold++) {
      const { train, test: held } = everyFifthRow(fold, false);
      const mean = await methods['item-mean'].fit(train, { damping: 0 }, fitContext, null);
      sums.mean += (await evaluateValues(mean, train, held)).rmse;
      const method = methods['user-item-bias'];
      const baseline = await method.fit(train, method.defaults, fitContext, null);
      const { rmse, mae } = await evaluateValues(baseline, train, held);
      sums.rmse += rmse;
      sums.mae += mae;
    }
    expect(Math.abs(sums.mean / 5 - 1.0243)).toBeLessThan(0.0005);
    expect(Math.abs(sums.rmse / 5 - 0.9438)).toBeLessThan(0.0005);
    expect(Math.abs(sums.mae / 5 - 0.7482)).toBeLessThan(0.0005);
  });

  test('biased factorisation errs as the reference does, by factors that are found anew for everyone', async () => {
    // One fold of five, that of RMSE .9332 and MAE .7330; all five, measured with this seed: .9328/.7335 (the
    // reference: .9339/.7364). This fold is .0004 above and .0005 below their mean, and its figures are as much off.
    const { train, test: held } = everyFifthRow(0, false);
    const method = methods['biased-mf'];
    const found: { asTrained?: Recommender } = {};
    const onEpoch: FitContext['onEpoch'] = (_epoch, _model, _save, measured) => {
      if (measured) found.asTrained = measured; // the last is of the end
      return Promise.resolve();
    };
    const model = await method.fit(train, method.defaults, { ...fitContext, onEpoch }, null);
    const { rmse, mae } = await evaluateValues(model, train, held);
    expect(Math.abs(rmse - (0.9339 + 0.0004))).toBeLessThan(0.003);
    expect(Math.abs(mae - (0.7364 - 0.0005))).toBeLessThan(0.003);
    // What training itself has for people errs alike, and lies within a step's noise of that: .039 on average of all
    // people and items, .13 for the person who is furthest.
    const { asTrained } = found;
    if (!asTrained) throw new Error('No epoch was told of');
    const { rmse: rmseAsTrained } = await evaluateValues(asTrained, train, held);
    expect(Math.abs(rmseAsTrained - rmse)).toBeLessThan(0.003);
    const trained = new Float32Array(model.items);
    const folded = new Float32Array(model.items);
    let difference = 0;
    for (let user = 0; user < train.users; user++) {
      asTrained.score(tasteOf(train, user), trained);
      model.score(tasteOf(train, user), folded);
      trained.forEach((score, item) => (difference += Math.abs(score - (folded[item] ?? NaN))));
    }
    const mean = difference / (train.users * model.items);
    expect(mean).toBeGreaterThan(0.001); // they are not the same figures
    expect(mean).toBeLessThan(0.1);
  });
});
