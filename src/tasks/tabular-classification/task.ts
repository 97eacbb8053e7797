/** Which of some classes a row belongs to. */
import { targetOf } from '../../data/schema.ts';
import { defaultConfig, logisticRegression, tableLearners } from '../../training/learners.ts';
import type { Task } from '../task.ts';

export const tabularClassification: Task = {
  id: 'tabular-classification',
  order: 1,
  kind: 'table',
  output: 'classes',
  learners: tableLearners.classes,
  metrics: [
    { id: 'accuracy', better: 'higher', format: 'percent' },
    { id: 'balancedAccuracy', better: 'higher', format: 'percent' },
    { id: 'f1Macro', better: 'higher', format: 'percent' },
    { id: 'rocAuc', better: 'higher', format: 'number' },
    { id: 'prAuc', better: 'higher', format: 'number' },
    { id: 'logLoss', better: 'lower', format: 'number' },
  ],
  suits(target) {
    if (target.distinct < 2) return 0;
    switch (target.type) {
      case 'category':
      case 'boolean':
        return target.distinct <= 100 ? 1 : 0.3;
      case 'integer':
        return target.distinct <= 20 ? 0.7 : 0.1;
      default:
        return 0;
    }
  },
  defaults(dataSet, learner) {
    const info = this.learners.find(({ id }) => id === learner) ?? logisticRegression;
    return { ...defaultConfig(info, targetOf(dataSet)?.name ?? ''), learner };
  },
};
