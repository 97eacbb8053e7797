import { expect, test } from 'vitest';
import {
  changesForSolver,
  isValidated,
  warningsOf,
} from '../../../src/screens/train/settings-advice.ts';
import { defaultConfig, linearRegression, mlp } from '../../../src/training/learners.ts';
import { fitModel } from '../../../src/training/engine/fit.ts';
import { Control } from '../../../src/training/engine/control.ts';
import type { FitJob } from '../../../src/training/engine/fit-job.ts';
import type { NetworkConfig } from '../../../src/training/run.ts';

const facts = { trainRows: 100, isValidated: true };
const warned = (changes: Partial<NetworkConfig>, more: Partial<typeof facts> = {}) =>
  warningsOf({ ...defaultConfig(mlp, 'y'), ...changes }, { ...facts, ...more });

test('the defaults are warned of in nothing', () => {
  expect(warned({})).toEqual({});
});

test('L1 goes with the solver that takes it, so that no run is refused for a field that isn’t shown', async () => {
  const before: NetworkConfig = {
    ...defaultConfig(linearRegression, 'y'),
    ...changesForSolver('gradient-descent'),
    l1: 0.01,
  };
  const config = { ...before, ...changesForSolver('closed-form') };
  expect(config).toMatchObject({ solver: 'closed-form', l1: 0 });
  const values = Float64Array.of(1, 2, 3);
  const train = {
    ...{ features: Float64Array.of(1, 2, 3), width: 1, weights: null },
    targets: { type: 'numbers' as const, divisor: 1, values },
  };
  const control = new Control();
  const emit = () => undefined;
  const job = { config, train, validation: null, control, emit } as unknown as FitJob;
  await expect(fitModel(job)).resolves.toMatchObject({ outcome: 'completed' });
  expect(changesForSolver('gradient-descent')).toEqual({ solver: 'gradient-descent', epochs: 100 });
});

test('a batch of more rows than there are is warned of, once they are counted', () => {
  const batchSize = 101;
  expect(warned({ batchSize })).toEqual({ batchSize: { type: 'batchAboveRows', rows: 100 } });
  expect(warned({ batchSize: 100 })).toEqual({});
  const unknown = { trainRows: null, isValidated: true };
  expect(warningsOf({ ...defaultConfig(mlp, 'y'), batchSize }, unknown)).toEqual({});
});

test('a schedule that never comes to what it is for is warned of', () => {
  const of = (schedule: NetworkConfig['schedule']) =>
    warned({ epochs: 10, schedule, earlyStopping: null }).schedule?.type;
  expect(of({ type: 'cosine', warmupEpochs: 10 })).toBe('warmupTooLong');
  expect(of({ type: 'cosine', warmupEpochs: 9 })).toBeUndefined();
  expect(of({ type: 'step', every: 10, factor: 0.1 })).toBe('neverLowered');
  expect(of({ type: 'step', every: 9, factor: 0.1 })).toBeUndefined();
  expect(of({ type: 'reduce-on-plateau', patience: 9, factor: 0.5 })).toBe('neverLowered');
  expect(of({ type: 'reduce-on-plateau', patience: 8, factor: 0.5 })).toBeUndefined();
  expect(of({ type: 'constant' })).toBeUndefined();
});

test('stopping early is warned of where it never stops, and where nothing is held out to go by', () => {
  const of = (patience: number, more = {}) =>
    warned({ epochs: 10, earlyStopping: { patience, minDelta: 0 } }, more).earlyStopping?.type;
  expect([of(8), of(9)]).toEqual([undefined, 'neverStopsEarly']);
  expect(of(8, { isValidated: false })).toBe('noValidation');
  expect(warned({ folds: 5 }, { isValidated: false })).toEqual({});
});

test('where a split holds rows out for validation is known of each kind', () => {
  expect(isValidated({ type: 'column', column: 'part', validation: null, test: 'b' })).toBe(false);
  expect(isValidated({ type: 'column', column: 'part', validation: 'a', test: 'b' })).toBe(true);
  expect(isValidated({ type: 'last-out', validation: false })).toBe(false);
  expect(isValidated({ type: 'time', column: 'day', validation: 0, test: 0.2 })).toBe(false);
  expect(isValidated({ type: 'time', column: 'day', validation: 0.1, test: 0.2 })).toBe(true);
});

test('what one core computes whatever was asked for is said beside the cores', () => {
  const layers = [{ type: 'batch-norm' as const }];
  expect(warned({ workers: 4, lossScaling: 'dynamic' }).workers?.type).toBe('oneCoreByScaling');
  expect(warned({ workers: 4, layers }).workers?.type).toBe('oneCoreByBatchNorm');
  expect(warned({ workers: 4, layers, averageEvery: 2 })).toEqual({});
  for (const workers of ['auto', 1] as const) expect(warned({ workers, layers })).toEqual({});
});

test('mixed precision that loss scaling keeps from having an effect is warned of', () => {
  const warnings = warned({ lossScaling: 'dynamic', precision: 'mixed' });
  expect(warnings).toEqual({ precision: { type: 'mixedWithScaling' } });
});
