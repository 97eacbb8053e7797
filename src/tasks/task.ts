/** The light half of a task: what the page may know before any worker has started. */
import type { ColumnRole, DataSet, SplitSpec } from '../data/schema.ts';
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
  /** What a row of the data is: an example, or something that a user did with an item. */
  kind: 'table' | 'events';
  /** What a model of this task answers with. */
  output: 'classes' | 'number' | 'ranking';
  learners: readonly LearnerInfo[];
  /** The first is the one that versions are compared by. */
  metrics: readonly MetricInfo[];
  /** How well this task suits a column as its target, 0 (not at all) to 1. */
  suits(target: ColumnProfile): number;
  defaults(dataSet: DataSet, learner: string): RunConfig;
}

/** How rows of such data may be shared out, the usual one first. */
export function splitTypesOf(kind: Task['kind']): readonly SplitSpec['type'][] {
  return kind === 'events'
    ? ['per-user', 'last-out', 'time', 'column']
    : ['random', 'group', 'time', 'column'];
}

/** What a column of such data may be used as. */
export function rolesOf(kind: Task['kind']): readonly ColumnRole[] {
  return kind === 'events'
    ? ['user', 'item', 'target', 'time', 'ignored']
    : ['feature', 'target', 'ignored'];
}
