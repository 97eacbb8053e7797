/** The figure of a run in the table of runs: of which rows it is, and whether it can be held against the others. */
import { tasks } from '../../tasks/catalogue.ts';
import type { Task } from '../../tasks/task.ts';
import type { RunRecord } from '../../training/run-record.ts';

interface RunResult {
  /** What runs of its task are compared by. */
  metric: Task['metrics'][number];
  /** Null before there is one. */
  value: number | null;
  /** `folds`: all of them, of a cross-validation. */
  part: 'test' | 'validation' | 'folds';
}

/** Null for a run of a task that this version doesn't know. */
export function resultOf({ taskId, config, metrics }: RunRecord): RunResult | null {
  const metric = tasks.find(({ id }) => id === taskId)?.metrics[0];
  if (!metric) return null;
  const part = metrics.test ? 'test' : 'validation';
  const value = metrics[part]?.[metric.id] ?? null;
  const isOfFolds = part === 'test' && 'folds' in config && config.folds !== null;
  return { metric, value, part: isOfFolds ? 'folds' : part };
}

/** What a run learns from: of records, and of what the project has now. */
export type Ground = Pick<RunRecord, 'dataSet' | 'itemData' | 'userData'> & {
  /** Undefined where there is none to choose. */
  target: string | undefined;
};

export function groundOf({ dataSet, itemData, userData, config }: RunRecord): Ground {
  return {
    dataSet,
    ...(itemData !== undefined && { itemData }),
    ...(userData !== undefined && { userData }),
    target: 'target' in config ? config.target : undefined,
  };
}

/** Why figures of the one can't be held against the other's; null where they can. */
export function otherGround(ground: Ground, other: Ground): 'target' | 'data' | null {
  // Another target makes another version of the data, too.
  if (ground.target !== other.target) return 'target';
  const isSame =
    ground.dataSet === other.dataSet &&
    ground.itemData === other.itemData &&
    ground.userData === other.userData;
  return isSame ? null : 'data';
}
