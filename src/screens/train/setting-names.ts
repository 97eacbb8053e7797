/** What settings and their choices are called in the table of runs. */
import { t } from '../../app/i18n.svelte.ts';
import type { SettingNames } from './differences.ts';

export function settingNames(): SettingNames {
  const texts: Record<string, unknown> = {
    ...t.recommend.settings,
    ...t.train,
    ...t.runs.settings,
  };
  const { learners, solvers, optimizers, schedules, layerTypes, backends } = t.train;
  const { classWeightsOptions, clippings, lossScalings, precisions } = t.train;
  const groups: Record<string, string>[] = [
    ...[learners, solvers, optimizers, schedules, layerTypes, backends],
    ...[classWeightsOptions, clippings, lossScalings, precisions, t.recommend.choices],
  ];
  return {
    setting(key) {
      const name = texts[key];
      return typeof name === 'string' ? name : key;
    },
    choice: (id) => groups.find((group) => Object.hasOwn(group, id))?.[id] ?? id,
    on: t.runs.on,
    off: t.runs.off,
  };
}
