/** What each method can be told, for forms and guards: light, so that a page may know it before any method is loaded. */
import type { SettingValue } from '../training/run.ts';
import { gru4recDefaults, sasrecDefaults, type SequentialSettings } from './settings/sequential.ts';
import { textFeatures } from './settings/text.ts';
import { twoTowerDefaults } from './settings/two-tower.ts';

export type MethodSetting =
  | {
      type: 'number';
      name: string;
      default: number;
      min: number;
      max: number;
      isWhole?: boolean;
      step?: number;
    }
  | { type: 'choice'; name: string; default: string; choices: readonly string[] };

export interface MethodInfo {
  id: string;
  /** Whether it learns from the values of events, or only from that they happened. */
  learnsFrom: 'values' | 'events';
  settings: readonly MethodSetting[];
}

const factors = (value: number): MethodSetting => ({
  type: 'number',
  name: 'factors',
  default: value,
  min: 1,
  max: 1024,
  isWhole: true,
});
const epochs = (value: number): MethodSetting => ({
  type: 'number',
  name: 'epochs',
  default: value,
  min: 1,
  max: 10_000,
  isWhole: true,
});
/** Of the run, not of the method: epochs without a better validation figure before it ends; 0: it doesn't. */
const patience: MethodSetting = {
  ...{ type: 'number', name: 'patience', default: 0, min: 0, max: 10_000, isWhole: true },
};
const atLeastZero = (name: string, value: number, step = 1): MethodSetting => ({
  type: 'number',
  name,
  default: value,
  min: 0,
  max: 1e9,
  step,
});
const neighbours: readonly MethodSetting[] = [
  { type: 'number', name: 'neighbours', default: 50, min: 1, max: 10_000, isWhole: true },
  {
    type: 'choice',
    name: 'similarity',
    default: 'cosine',
    choices: ['cosine', 'adjusted-cosine'],
  },
  atLeastZero('shrinkage', 0),
  { type: 'choice', name: 'aggregate', default: 'sum', choices: ['sum', 'weighted-average'] },
];
const learningRate = (value: number): MethodSetting => ({
  type: 'number',
  name: 'learningRate',
  default: value,
  min: 1e-6,
  max: 10,
  step: 0.001,
});

const whole = (name: string, value: number, max = 1e6): MethodSetting => ({
  type: 'number',
  name,
  default: value,
  min: 1,
  max,
  isWhole: true,
});
const sequential = (of: SequentialSettings, isDeep: boolean): readonly MethodSetting[] => [
  whole('steps', of.steps, 1000),
  whole('units', of.units, 1024),
  ...(isDeep ? [whole('blocks', of.blocks, 12), whole('heads', of.heads, 16)] : []),
  { type: 'number', name: 'dropout', default: of.dropout, min: 0, max: 0.95, step: 0.1 },
  epochs(of.epochs),
  patience,
  whole('batchSize', of.batchSize, 4096),
  learningRate(of.learningRate),
  atLeastZero('sampledItems', of.sampledItems),
];
const text: MethodSetting = {
  ...{ type: 'choice', name: 'text', default: textFeatures[0], choices: textFeatures },
};
/** Of the run: whether lists are to have items that the table of items knows and no event is of. A run of before had none. */
const newItems: MethodSetting = {
  ...{ type: 'choice', name: 'newItems', default: 'include', choices: ['include', 'leave-out'] },
};
const combinable = ['ease', 'item-knn', 'ials', 'user-knn', 'pure-svd', 'bpr', 'content-based'];

/** The usual choice first, baselines after what learns more. */
export const recommenderMethods: readonly MethodInfo[] = [
  { id: 'ease', learnsFrom: 'events', settings: [atLeastZero('regularization', 250)] },
  { id: 'item-knn', learnsFrom: 'events', settings: neighbours },
  {
    id: 'ials',
    learnsFrom: 'events',
    settings: [
      factors(32),
      atLeastZero('alpha', 1),
      atLeastZero('regularization', 10),
      epochs(15),
      patience,
    ],
  },
  { id: 'user-knn', learnsFrom: 'events', settings: neighbours },
  { id: 'pure-svd', learnsFrom: 'events', settings: [factors(20)] },
  {
    id: 'bpr',
    learnsFrom: 'events',
    settings: [
      factors(32),
      epochs(50),
      patience,
      learningRate(0.05),
      atLeastZero('regularization', 0.01, 0.01),
    ],
  },
  {
    id: 'biased-mf',
    learnsFrom: 'values',
    settings: [
      factors(100),
      epochs(20),
      patience,
      learningRate(0.005),
      atLeastZero('regularization', 0.02, 0.01),
    ],
  },
  {
    id: 'user-item-bias',
    learnsFrom: 'values',
    settings: [
      atLeastZero('userRegularization', 15),
      atLeastZero('itemRegularization', 10),
      epochs(10),
    ],
  },
  { id: 'most-popular', learnsFrom: 'events', settings: [] },
  { id: 'item-mean', learnsFrom: 'values', settings: [atLeastZero('damping', 5)] },
  {
    id: 'content-based',
    learnsFrom: 'events',
    settings: [
      atLeastZero('categories', 1, 0.1),
      text,
      atLeastZero('words', 0.5, 0.1),
      atLeastZero('numbers', 0.5, 0.1),
      whole('leastItems', 2),
      whole('mostWords', 20_000),
      newItems,
    ],
  },
  {
    id: 'hybrid',
    learnsFrom: 'events',
    settings: [
      {
        type: 'choice',
        name: 'combination',
        default: 'rank-fusion',
        choices: ['rank-fusion', 'weighted-sum'],
      },
      { type: 'choice', name: 'first', default: 'ease', choices: combinable },
      atLeastZero('firstWeight', 1, 0.1),
      { type: 'choice', name: 'second', default: 'content-based', choices: combinable },
      atLeastZero('secondWeight', 0.3, 0.1),
      text,
      newItems,
    ],
  },
  {
    id: 'two-tower',
    learnsFrom: 'events',
    settings: [
      whole('units', twoTowerDefaults.units, 1024),
      whole('hidden', twoTowerDefaults.hidden, 1024),
      {
        ...{ type: 'number', name: 'idDropout', default: twoTowerDefaults.idDropout },
        ...{ min: 0, max: 0.99, step: 0.1 },
      },
      text,
      whole('mostWords', twoTowerDefaults.mostWords),
      newItems,
      whole('history', twoTowerDefaults.history, 1000),
      whole('candidates', twoTowerDefaults.candidates, 100_000),
      epochs(twoTowerDefaults.epochs),
      patience,
      whole('batchSize', twoTowerDefaults.batchSize, 65_536),
      learningRate(twoTowerDefaults.learningRate),
    ],
  },
  { id: 'sasrec', learnsFrom: 'events', settings: sequential(sasrecDefaults, true) },
  { id: 'gru4rec', learnsFrom: 'events', settings: sequential(gru4recDefaults, false) },
];

export function methodInfo(id: string): MethodInfo | undefined {
  return recommenderMethods.find((method) => method.id === id);
}

export function defaultSettings({ settings }: MethodInfo): Record<string, SettingValue> {
  return Object.fromEntries(settings.map((setting) => [setting.name, setting.default]));
}

/** What is wrong with a value; null where nothing is. */
export function problemOf(setting: MethodSetting, value: SettingValue | undefined): string | null {
  if (setting.type === 'choice')
    return typeof value === 'string' && setting.choices.includes(value)
      ? null
      : `expected one of ${setting.choices.join(', ')}`;
  const { min, max, isWhole } = setting;
  if (typeof value !== 'number' || !(value >= min && value <= max))
    return `expected a number from ${min} to ${max}`;
  return isWhole && !Number.isInteger(value) ? 'expected a whole number' : null;
}
