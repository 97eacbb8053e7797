/** How far predicted ratings are from given ones. Only of models whose scores are in the units of the ratings. */
import { StudioError } from '../../lib/errors.ts';
import { tasteOf, type Interactions } from '../interactions.ts';
import { Pace } from '../pace.ts';
import type { Scorer } from '../recommender.ts';

export interface ValueEvaluation {
  rmse: number;
  mae: number;
  /** Ratings predicted. */
  count: number;
}

/**
 * Every test rating is predicted from its person's training ratings; a prediction beyond the least or greatest rating
 * seen in training counts as that one.
 * @throws StudioError `unsupported` for a model that only ranks, `bad-config` where there is nothing to predict
 */
export async function evaluateValues(
  model: Scorer,
  train: Interactions,
  test: Interactions,
  breathe: (done: number) => Promise<void> = () => Promise.resolve(),
): Promise<ValueEvaluation> {
  if (!model.predictsValues)
    throw new StudioError('unsupported', 'This method ranks, it predicts no ratings');
  const count = test.indices.length;
  if (count === 0) throw new StudioError('bad-config', 'There are no test ratings to predict');
  const pace = new Pace(breathe);
  const lowest = train.values.reduce((least, value) => Math.min(least, value), Infinity);
  const highest = train.values.reduce((most, value) => Math.max(most, value), -Infinity);
  const scores = new Float32Array(model.items);
  let squares = 0;
  let sizes = 0;
  for (let user = 0; user < test.users; user++) {
    if (pace.isDue()) await pace.breathe(user / test.users);
    const wanted = tasteOf(test, user);
    if (wanted.items.length === 0) continue;
    model.score(tasteOf(train, user), scores);
    wanted.items.forEach((item, i) => {
      const predicted = Math.min(Math.max(scores[item] ?? Number.NaN, lowest), highest);
      const error = predicted - (wanted.values[i] ?? 0);
      squares += error * error;
      sizes += Math.abs(error);
    });
  }
  return { rmse: Math.sqrt(squares / count), mae: sizes / count, count };
}
