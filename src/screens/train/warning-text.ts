/** What is odd about a setting, in words. */
import { format, t } from '../../app/i18n.svelte.ts';
import type { warningsOf } from './settings-advice.ts';

type Warning = ReturnType<typeof warningsOf>[keyof ReturnType<typeof warningsOf>];

export function warningText(warning: Warning): string | undefined {
  if (!warning) return undefined;
  if (warning.type === 'batchAboveRows')
    return t.settings.warnings.batchAboveRows(format.integer(warning.rows));
  return t.settings.warnings[warning.type];
}
