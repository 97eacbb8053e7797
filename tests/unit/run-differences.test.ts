import { expect, test } from 'vitest';
import { methodInfo } from '../../src/recommend/method-settings.ts';
import { differences } from '../../src/screens/train/differences.ts';
import { defaultConfig, logisticRegression, mlp } from '../../src/training/learners.ts';
import type { NetworkConfig, RunConfig, SettingValue } from '../../src/training/run.ts';

const names = { setting: (key: string) => key, choice: (id: string) => id, on: 'on', off: 'off' };
const network = defaultConfig(mlp, 'y');
const told = (changes: Partial<NetworkConfig>, before: Partial<NetworkConfig> = {}) =>
  differences({ ...network, ...changes }, { ...network, ...before }, names);

function recommender(learner: string, changes: Record<string, SettingValue> = {}): RunConfig {
  const usual = methodInfo(learner)?.settings ?? [];
  const settings = Object.fromEntries(usual.map(({ name, default: value }) => [name, value]));
  return { learner, seed: 1, settings: { ...settings, ...changes } };
}

test('the first run differs from none', () => {
  expect(differences(recommender('ials'), undefined, names)).toEqual([]);
});

test('of the same method what differs from the run before is told, also back to the usual', () => {
  const before = recommender('ials', { factors: 16 });
  expect(differences(recommender('ials', { epochs: 3 }), before, names)).toEqual([
    expect.stringMatching(/^factors: \d+$/),
    'epochs: 3',
  ]);
});

test('of another method only what was chosen is told, not all its settings', () => {
  const before = recommender('ease');
  expect(differences(recommender('two-tower'), before, names)).toEqual([]);
  expect(differences(recommender('two-tower', { epochs: 2 }), before, names)).toEqual([
    'epochs: 2',
  ]);
});

test('what was turned off is told', () => {
  expect(told({ earlyStopping: null })).toEqual(['earlyStopping: off']);
  expect(told({}, { folds: 5 })).toEqual(['folds: off']);
  expect(told({}, { clipping: { type: 'norm', limit: 1 } })).toEqual(['clipping: off']);
  expect(told({ layers: [] })).toEqual(['layers: off']);
});

test('of a setting with several members those that differ are told', () => {
  const sgd = { type: 'sgd', momentum: 0.9, nesterov: true } as const;
  expect(told({ optimizer: sgd })).toEqual(['optimizer: sgd momentum 0.9']);
  expect(told({ optimizer: { ...sgd, momentum: 0.5 } }, { optimizer: sgd })).toEqual([
    'optimizer: sgd momentum 0.5',
  ]);
  expect(told({ optimizer: { ...sgd, nesterov: false } }, { optimizer: sgd })).toEqual([
    'optimizer: sgd nesterov off',
  ]);
  const step = { type: 'step', every: 30, factor: 0.1 } as const;
  expect(told({ schedule: step })).toEqual(['schedule: step every 30 factor 0.1']);
  expect(told({ schedule: { ...step, every: 10 } }, { schedule: step })).toEqual([
    'schedule: step every 10',
  ]);
  expect(told({ clipping: { type: 'norm', limit: 2 } })).toEqual(['clipping: norm 2']);
  expect(told({ earlyStopping: { patience: 15, minDelta: 0.1 } })).toEqual([
    'earlyStopping: minDelta 0.1',
  ]);
  expect(told({ earlyStopping: { patience: 5, minDelta: 0 } }, { earlyStopping: null })).toEqual([
    'earlyStopping: patience 5',
  ]);
});

test('layers are told with their activations', () => {
  const [first, second] = network.layers;
  if (first?.type !== 'dense' || !second) throw new Error('two layers');
  expect(told({ layers: [{ ...first, activation: 'tanh' }, second] })).toEqual([
    'layers: dense 64 tanh → dense 32 relu',
  ]);
});

test('a target is told by its own name, whatever it is', () => {
  const choice = () => 'a choice';
  const changed = { ...network, target: 'auto' };
  expect(differences(changed, network, { ...names, choice })).toEqual(['target: auto']);
});

test('of another learner of tables what was chosen is told, and what holds for all', () => {
  const logistic = defaultConfig(logisticRegression, 'y');
  expect(differences(logistic, network, names)).toEqual([]);
  expect(differences({ ...logistic, l2: 0.1 }, { ...network, seed: 7 }, names)).toEqual([
    'seed: 1',
    'l2: 0.1',
  ]);
});

test('settings that the solver takes no notice of are left out', () => {
  const logistic = defaultConfig(logisticRegression, 'y');
  const unused = { ...logistic, learningRate: 0.5, workers: 3 };
  expect(differences(unused, logistic, names)).toEqual([]);
  // By the solver that takes notice they are told where they aren't the usual ones.
  const gradients = { ...unused, solver: 'gradient-descent', epochs: 500 } as const;
  expect(differences(gradients, unused, names)).toEqual([
    'solver: gradient-descent',
    'learningRate: 0.5',
    'workers: 3',
  ]);
});
