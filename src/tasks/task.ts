/** The light half of a task: what the page may know before any worker has started. */
import type { DataSet } from '../data/schema.ts';
import type { LearnerInfo } from '../training/learners.ts';
import type { RunConfig } from '../training/run.ts';
import type { ColumnProfile } from '../data/profile.ts';

interface MetricInfo {
  id: string;
  /** Which way is better. */
  better: 'higher' | 'lower';
  format: 'percent' | 'number' | 'target-unit';
}

export interface Task {
  id: string;
  /** Position in lists; module order is alphabetical. */
  order: number;
  kind: 'table';
  /** What a model of this task answers with. */
  output: 'classes' | 'number';
  learners: readonly LearnerInfo[];
  /** The first is the one that versions are compared by. */
  metrics: readonly MetricInfo[];
  /** How well this task suits a column as its target, 0 (not at all) to 1. */
  suits(target: ColumnProfile): number;
  defaults(dataSet: DataSet, learner: string): RunConfig;
}
