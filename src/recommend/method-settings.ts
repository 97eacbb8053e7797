/** What each method can be told, for forms and guards: light, so that a page may know it before any method is loaded. */
import type { SettingValue } from '../training/run.ts';

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

/** Baselines first, then by how often they are the best choice. */
export const recommenderMethods: readonly MethodInfo[] = [
  { id: 'most-popular', learnsFrom: 'events', settings: [] },
  { id: 'ease', learnsFrom: 'events', settings: [atLeastZero('regularization', 250)] },
  { id: 'item-knn', learnsFrom: 'events', settings: neighbours },
  {
    id: 'ials',
    learnsFrom: 'events',
    settings: [factors(32), atLeastZero('alpha', 1), atLeastZero('regularization', 10), epochs(15)],
  },
  { id: 'user-knn', learnsFrom: 'events', settings: neighbours },
  { id: 'pure-svd', learnsFrom: 'events', settings: [factors(20)] },
  {
    id: 'bpr',
    learnsFrom: 'events',
    settings: [
      factors(32),
      epochs(50),
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
  { id: 'item-mean', learnsFrom: 'values', settings: [atLeastZero('damping', 5)] },
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
