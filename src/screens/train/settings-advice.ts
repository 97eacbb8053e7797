/** Settings that go together, and those that make no sense with each other or with the data. */
import type { SplitSpec } from '../../data/schema.ts';
import type { NetworkConfig, Solver } from '../../training/run.ts';

/** What one solver needs the other has no use for, or doesn't take. */
export function changesForSolver(solver: Solver): Partial<NetworkConfig> {
  return {
    solver,
    epochs: solver === 'lbfgs' ? 500 : 100,
    // Its field isn't shown then, and a run would be refused for it.
    ...(solver !== 'gradient-descent' && { l1: 0 }),
  };
}

/** What is known of the data before a run. */
export interface DataFacts {
  /** Null before they are counted. */
  trainRows: number | null;
  /** Whether rows are held out to choose the best epoch by. */
  isValidated: boolean;
}

export function isValidated(split: SplitSpec): boolean {
  switch (split.type) {
    case 'column':
      return split.validation !== null;
    case 'last-out':
      return split.validation;
    default:
      return split.validation > 0;
  }
}

type Warning =
  | { type: 'batchAboveRows'; rows: number }
  | {
      type:
        | 'warmupTooLong'
        | 'neverLowered'
        | 'neverStopsEarly'
        | 'noValidation'
        | 'mixedWithScaling'
        | 'oneCoreByScaling'
        | 'oneCoreByBatchNorm';
    };

/** The settings that are shown with a warning. */
type Warned = 'batchSize' | 'schedule' | 'earlyStopping' | 'precision' | 'workers';

/** Of gradient descent. What is warned of does no harm, but not what it seems to. */
export function warningsOf(
  config: NetworkConfig,
  { trainRows, isValidated: hasValidation }: DataFacts,
): Partial<Record<Warned, Warning>> {
  const { batchSize, epochs, schedule, earlyStopping, precision, lossScaling } = config;
  const { workers, layers, averageEvery, folds } = config;
  const warnings: Partial<Record<Warned, Warning>> = {};
  if (trainRows !== null && batchSize > trainRows)
    warnings.batchSize = { type: 'batchAboveRows', rows: trainRows };
  if (schedule.type === 'cosine' && schedule.warmupEpochs >= epochs)
    warnings.schedule = { type: 'warmupTooLong' };
  // Patience is counted from the second epoch: the first is always the best so far.
  const lowersAfter =
    schedule.type === 'step' ? schedule.every : 'patience' in schedule ? schedule.patience + 1 : 0;
  if (lowersAfter >= epochs) warnings.schedule = { type: 'neverLowered' };
  if (earlyStopping) {
    if (earlyStopping.patience + 1 >= epochs) warnings.earlyStopping = { type: 'neverStopsEarly' };
    else if (!hasValidation && folds === null) warnings.earlyStopping = { type: 'noValidation' };
  }
  const isScaled = lossScaling === 'dynamic';
  if (isScaled && precision === 'mixed') warnings.precision = { type: 'mixedWithScaling' };
  if (workers !== 'auto' && workers > 1) {
    if (isScaled) warnings.workers = { type: 'oneCoreByScaling' };
    else if (averageEvery === 1 && layers.some(({ type }) => type === 'batch-norm'))
      warnings.workers = { type: 'oneCoreByBatchNorm' };
  }
  return warnings;
}
