import { expect, test } from 'vitest';
import { methodInfo } from '../../src/recommend/method-settings.ts';
import { differences } from '../../src/screens/train/differences.ts';
import type { RunConfig, SettingValue } from '../../src/training/run.ts';

const names = { setting: (key: string) => key, choice: (id: string) => id };

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
