import { expect, test } from 'vitest';
import { groundOf, otherGround, resultOf } from '../../../src/screens/train/run-result.ts';
import { defaultConfig, mlp } from '../../../src/training/learners.ts';
import { runRecord } from '../../support/run-record.ts';

const partOf = (changes: Parameters<typeof runRecord>[0]) => {
  const result = resultOf(runRecord(changes));
  return result && [result.metric.id, result.value, result.part];
};

test('a figure is said to be of the rows that it is of', () => {
  const [validation, figures] = [{ accuracy: 0.8 }, { accuracy: 0.9 }];
  expect(partOf({ metrics: { validation, test: figures } })).toEqual(['accuracy', 0.9, 'test']);
  expect(partOf({ metrics: { validation } })).toEqual(['accuracy', 0.8, 'validation']);
  const config = { ...defaultConfig(mlp, 'y'), folds: 5 };
  expect(partOf({ config, metrics: { test: figures } })).toEqual(['accuracy', 0.9, 'folds']);
  expect(partOf({})).toEqual(['accuracy', null, 'validation']);
});

test('a run of another task has that task’s figure', () => {
  const taskId = 'tabular-regression';
  expect(partOf({ taskId, metrics: { test: { rmse: 2 } } })).toEqual(['rmse', 2, 'test']);
  expect(partOf({ taskId: 'of a later version' })).toBeNull();
});

test('figures of another target or of other data are told apart', () => {
  const ground = (changes: Parameters<typeof runRecord>[0]) => groundOf(runRecord(changes));
  expect(otherGround(ground({}), ground({ id: 'b' }))).toBeNull();
  expect(otherGround(ground({}), ground({ dataSet: 'e' }))).toBe('data');
  expect(otherGround(ground({}), ground({ itemData: 'i' }))).toBe('data');
  const config = defaultConfig(mlp, 'z');
  expect(otherGround(ground({}), ground({ dataSet: 'e', config }))).toBe('target');
});
