/** What people will like next, by what they and others did. */
import { StudioError } from '../../lib/errors.ts';
import {
  defaultSettings,
  methodInfo,
  recommenderMethods,
} from '../../recommend/method-settings.ts';
import type { Task } from '../task.ts';

export const recommendation: Task = {
  id: 'recommendation',
  order: 3,
  kind: 'events',
  output: 'ranking',
  learners: recommenderMethods.map(({ id }) => ({ id, solvers: [], layered: false })),
  metrics: [
    { id: 'ndcgAt10', better: 'higher', format: 'number' },
    { id: 'recallAt10', better: 'higher', format: 'percent' },
    { id: 'hitAt10', better: 'higher', format: 'percent' },
    { id: 'coverageAt10', better: 'higher', format: 'percent' },
    { id: 'rmse', better: 'lower', format: 'target-unit' },
  ],
  /** It has no target to choose: its columns are a user, an item, and perhaps a value and a time. */
  suits: () => 0,
  defaults(_dataSet, learner) {
    const method = methodInfo(learner);
    if (!method) throw new StudioError('bad-config', `There is no recommender "${learner}"`);
    return { learner, seed: 1, settings: defaultSettings(method) };
  },
};
