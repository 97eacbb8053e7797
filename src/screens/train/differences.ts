/** What a run's settings have that the run before it doesn't: short, for a table's cell. */
import { methodInfo } from '../../recommend/method-settings.ts';
import type { RunConfig } from '../../training/run.ts';

export interface SettingNames {
  /** What a setting is called, by its key. */
  setting: (key: string) => string;
  /** What a choice is called, by its id; the id where it has no name. */
  choice: (id: string) => string;
}

export function differences(
  config: RunConfig,
  before: RunConfig | undefined,
  names: SettingNames,
): string[] {
  if (!before) return [];
  return (
    settingsOf(config)
      // The learner has a column of its own; what is null isn't used by it.
      .filter(([key, value]) => key !== 'learner' && value !== null)
      .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(memberOf(before, key)))
      // Of another method every setting differs: those that were chosen say something.
      .filter(([key, value]) => config.learner === before.learner || value !== usualOf(config, key))
      .map(([key, value]) => `${names.setting(key)}: ${shown(value, names)}`)
  );
}

/** Of a recommender's settings; undefined where there is no usual value. */
function usualOf({ learner }: RunConfig, key: string): unknown {
  return methodInfo(learner)?.settings.find(({ name }) => name === key)?.default;
}

function memberOf(config: RunConfig, key: string): unknown {
  return settingsOf(config).find(([name]) => name === key)?.[1];
}

/** A method's own settings beside those of every run. */
function settingsOf(config: RunConfig): [string, unknown][] {
  if (!('settings' in config)) return Object.entries(config);
  const { settings, ...rest } = config;
  return [...Object.entries(rest), ...Object.entries(settings)];
}

function shown(value: unknown, names: SettingNames): string {
  if (value === null) return '–';
  if (Array.isArray(value)) return value.map((item) => shown(item, names)).join(' → ') || '–';
  if (typeof value === 'string') return names.choice(value);
  if (typeof value !== 'object') return `${value as number | boolean}`; // settings are plain data
  const members = new Map<string, unknown>(Object.entries(value));
  return ['type', 'units', 'rate', 'patience']
    .filter((key) => members.has(key))
    .map((key) => shown(members.get(key), names))
    .join(' ');
}
