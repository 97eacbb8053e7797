/** What a run's settings have that those of the run before don't: short, for a table's cell. */
import { methodInfo } from '../../recommend/method-settings.ts';
import {
  defaultConfig,
  linearRegression,
  logisticRegression,
  mlp,
} from '../../training/learners.ts';
import type { RunConfig } from '../../training/run.ts';

export interface SettingNames {
  /** What a setting is called, by its key. */
  setting: (key: string) => string;
  /** What a choice is called, by its id; the id where it has no name. */
  choice: (id: string) => string;
  on: string;
  /** Of what isn't used, too. */
  off: string;
}

export function differences(
  config: RunConfig,
  before: RunConfig | undefined,
  names: SettingNames,
): string[] {
  if (!before) return [];
  const earlier = usedOf(before);
  const usual = usualOf(config);
  const isSame = config.learner === before.learner;
  const told: string[] = [];
  for (const [key, value] of Object.entries(usedOf(config))) {
    if (key === 'learner') continue; // has a column of its own
    // Of another learner every setting differs: those that were chosen say something.
    const compared = (isSame || ofAll.has(key)) && key in earlier ? earlier : usual;
    const was = compared[key];
    if (JSON.stringify(value) === JSON.stringify(was)) continue;
    told.push(
      `${names.setting(key)}: ${key === 'target' ? String(value) : shown(value, was, names)}`,
    );
  }
  return told;
}

/** What means the same whatever the learner. */
const ofAll = new Set(['target', 'seed', 'folds', 'shuffleFolds']);

const onlyByGradients = new Set([
  ...['backend', 'workers', 'averageEvery', 'precision', 'lossScaling', 'l1'],
  ...['optimizer', 'learningRate', 'clipping', 'schedule', 'batchSize', 'earlyStopping'],
]);

/** The settings that the run took notice of; a method's own beside those of every run. */
function usedOf(config: RunConfig): Record<string, unknown> {
  if ('settings' in config) {
    const { settings, ...rest } = config;
    return { ...rest, ...settings };
  }
  const { solver, folds } = config;
  const isUsed = (key: string) =>
    !(solver !== 'gradient-descent' && onlyByGradients.has(key)) &&
    !(solver === 'closed-form' && key === 'epochs') &&
    !(folds === null && key === 'shuffleFolds');
  return Object.fromEntries(Object.entries(config).filter(([key]) => isUsed(key)));
}

/** The learner's defaults. */
function usualOf(config: RunConfig): Record<string, unknown> {
  if ('settings' in config) {
    const settings = methodInfo(config.learner)?.settings ?? [];
    return Object.fromEntries(settings.map(({ name, default: value }) => [name, value]));
  }
  const learners = [linearRegression, logisticRegression, mlp];
  const learner = learners.find(({ id }) => id === config.learner);
  return learner ? { ...defaultConfig(learner, config.target) } : {};
}

/** What is said of a setting that has several members; of the others only what differs. */
const telling: Readonly<Record<string, readonly string[]>> = {
  dense: ['units', 'activation'],
  activation: ['activation'],
  dropout: ['rate'],
  sgd: ['momentum'],
  step: ['every', 'factor'],
  exponential: ['factor'],
  cosine: ['warmupEpochs'],
  'reduce-on-plateau': ['patience', 'factor'],
  norm: ['limit'],
  value: ['limit'],
};
/** Said without their names, which go without saying beside their layer's. */
const nameless = new Set(['units', 'activation', 'rate', 'limit']);

function shown(value: unknown, was: unknown, names: SettingNames): string {
  if (value === null || value === undefined) return names.off;
  if (Array.isArray(value))
    return value.map((item) => shown(item, undefined, names)).join(' → ') || names.off;
  if (typeof value === 'boolean') return value ? names.on : names.off;
  if (typeof value === 'string') return names.choice(value);
  if (typeof value !== 'object') return `${value as number}`; // settings are plain data
  const members: Record<string, unknown> = { ...value };
  const { type } = members;
  const earlier: Record<string, unknown> = { ...(was ?? {}) };
  const isSame = 'type' in members ? type === earlier['type'] : Object.keys(earlier).length > 0;
  const said = isSame
    ? Object.keys(members).filter((key) => members[key] !== earlier[key])
    : typeof type === 'string'
      ? (telling[type] ?? [])
      : ['patience'];
  return [
    ...(typeof type === 'string' ? [names.choice(type)] : []),
    ...said.map((key) => {
      const text = shown(members[key], undefined, names);
      return nameless.has(key) ? text : `${names.setting(key)} ${text}`;
    }),
  ].join(' ');
}
