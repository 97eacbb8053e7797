/** Which number belongs to a row. */
import { targetOf } from '../../data/schema.ts';
import { defaultConfig, linearRegression, tableLearners } from '../../training/learners.ts';
import type { Task } from '../task.ts';

export const tabularRegression: Task = {
  id: 'tabular-regression',
  order: 2,
  kind: 'table',
  output: 'number',
  learners: tableLearners.number,
  metrics: [
    { id: 'rmse', better: 'lower', format: 'target-unit' },
    { id: 'mae', better: 'lower', format: 'target-unit' },
    { id: 'r2', better: 'higher', format: 'number' },
    { id: 'medianAbsoluteError', better: 'lower', format: 'target-unit' },
  ],
  suits(target) {
    if (target.distinct < 2) return 0;
    if (target.type === 'number') return 1;
    if (target.type === 'integer') return target.distinct > 20 ? 0.9 : 0.5;
    return 0;
  },
  defaults(dataSet, learner) {
    const info = this.learners.find(({ id }) => id === learner) ?? linearRegression;
    return { ...defaultConfig(info, targetOf(dataSet)?.name ?? ''), learner };
  },
};
