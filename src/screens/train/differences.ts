/** What a run's settings have that the run before it doesn't: short, for a table's cell. */
import type { RunConfig } from '../../training/run.ts';

/** @param name says what a setting is called */
export function differences(
  config: RunConfig,
  before: RunConfig | undefined,
  name: (setting: string) => string,
): string[] {
  if (!before) return [];
  return Object.entries(config)
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(memberOf(before, key)))
    .map(([key, value]) => `${name(key)} ${shown(value)}`);
}

function memberOf(config: RunConfig, key: string): unknown {
  return Object.entries(config).find(([name]) => name === key)?.[1];
}

function shown(value: unknown): string {
  if (value === null) return '–';
  if (Array.isArray(value)) return value.map(shown).join(' → ') || '–';
  if (typeof value !== 'object') return `${value as string | number | boolean}`; // settings are plain data
  const members = new Map<string, unknown>(Object.entries(value));
  return ['type', 'units', 'rate', 'patience']
    .filter((key) => members.has(key))
    .map((key) => shown(members.get(key)))
    .join(' ');
}
