/** The method that a run's settings name, checked and as the method takes them. */
import { StudioError } from '../../lib/errors.ts';
import type { RecommenderConfig, RunConfig, SettingValue } from '../../training/run.ts';
import { methodInfo, problemOf } from '../method-settings.ts';
import type { RecommenderMethod } from '../recommender.ts';
import { allMethods } from './methods.ts';

/** @throws StudioError `bad-config` */
export function recommenderConfig(config: RunConfig): RecommenderConfig {
  if ('settings' in config) return config;
  throw new StudioError('bad-config', `learner "${config.learner}" is no recommender`);
}

/** Settings of the run, not of the model. */
const ofTheRun = ['patience', 'newItems'];

/** Epochs that may be no better before a run ends; 0: any number. */
export function patienceOf({ settings }: RecommenderConfig): number {
  const patience = settings['patience'];
  return typeof patience === 'number' ? patience : 0;
}

/** Whether it is to know items' texts by what they mean; a hybrid of which no member reads texts needs none. */
export function readsMeanings({ learner, settings }: RecommenderConfig): boolean {
  if (settings['text'] !== 'sentence-encoder' || settings['words'] === 0) return false;
  return readsItems(learner, settings);
}

/** Whether its lists are to have items that no event is of: it knows these by what is known of items besides. */
export function ranksNewItems({ learner, settings }: RecommenderConfig): boolean {
  return settings['newItems'] === 'include' && readsItems(learner, settings);
}

function readsItems(learner: string, settings: RecommenderConfig['settings']): boolean {
  if (learner !== 'hybrid') return learner === 'content-based' || learner === 'two-tower';
  return [settings['first'], settings['second']].includes('content-based');
}

/** @throws StudioError `bad-config` that names the setting and its value */
export function methodOf(id: string): RecommenderMethod<Readonly<Record<string, SettingValue>>> {
  const known = Object.entries(allMethods).find(([name]) => name === id);
  if (!known) throw new StudioError('bad-config', `There is no recommender "${id}"`);
  // Each method's own settings are checked below, by the list that forms are made from.
  const method = known[1] as unknown as RecommenderMethod<Readonly<Record<string, SettingValue>>>;
  return {
    ...method,
    memory: (interactions, settings) => method.memory(interactions, asMethodTakes(id, settings)),
    fit: (interactions, settings, context, features) => {
      for (const setting of methodInfo(id)?.settings ?? []) {
        const value = settings[setting.name] ?? setting.default; // a run of before may lack it
        const problem = problemOf(setting, value);
        if (problem)
          throw new StudioError(
            'bad-config',
            `setting "${setting.name}": ${String(value)} won't do; ${problem}`,
          );
      }
      return method.fit(interactions, asMethodTakes(id, settings), context, features);
    },
  };
}

/** What a form can say of a hybrid is flat; its method takes a list of members. The rest keep their defaults. */
function asMethodTakes(
  id: string,
  settings: Readonly<Record<string, SettingValue>>,
): Readonly<Record<string, SettingValue>> {
  const known = Object.entries(allMethods).find(([name]) => name === id)?.[1];
  const defaults = known?.defaults as Record<string, SettingValue> | undefined;
  const own = Object.entries(settings).filter(([name]) => !ofTheRun.includes(name));
  const all: Record<string, SettingValue> = { ...defaults, ...Object.fromEntries(own) };
  if (id !== 'hybrid') return all;
  const { combination, first, firstWeight, second, secondWeight, text } = all;
  const member = (method: SettingValue | undefined, weight: SettingValue | undefined) => ({
    ...{ method, weight },
    ...(method === 'content-based' && text !== undefined && { settings: { text } }),
  });
  const members = [member(first, firstWeight), member(second, secondWeight)];
  // The list is the method's own; everything else takes settings as they are.
  return { combination, members } as unknown as Record<string, SettingValue>;
}
