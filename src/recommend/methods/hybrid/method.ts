/** A hybrid as a method: fits its members one after the other, to the same events. */
import { StudioError } from '../../../lib/errors.ts';
import type { FitContext, RecommenderMethod, SavedRecommender } from '../../recommender.ts';
import { SavedReader } from '../../saved.ts';
import { arraysOf, isTold, openParts, parsed, saveParts } from './parts.ts';
import { combinations, Hybrid, type Combination, type HybridMember } from './recommender.ts';

export interface HybridSettings {
  combination: Combination;
  /** Two or more. What a member's settings don't say is its method's default. */
  members: readonly {
    method: string;
    weight: number;
    settings?: Readonly<Record<string, unknown>>;
  }[];
}

/** @param find a method by its id; this file knows none, so that each may know of this one */
export function createHybridMethod(
  find: (id: string) => RecommenderMethod<unknown> | undefined,
): RecommenderMethod<HybridSettings> {
  const methodOf = (id: string) => {
    const method = find(id);
    if (!method) throw new StudioError('bad-config', `hybrid: there is no method "${id}"`);
    return method;
  };
  const planned = ({ members }: HybridSettings) =>
    members.map(({ method: id, settings, weight }) => {
      const method = methodOf(id);
      return { method, weight, settings: { ...Object(method.defaults), ...settings } as unknown };
    });
  return {
    id: 'hybrid',
    defaults: {
      combination: 'weighted-sum',
      members: [
        { method: 'item-knn', weight: 1 },
        { method: 'content-based', weight: 0.2 },
      ],
    },
    memory: (interactions, settings) =>
      planned(settings)
        .map((member) => member.method.memory(interactions, member.settings))
        .reduce((a, b) => a + b, 0),
    async fit(interactions, settings, context, features) {
      const members: HybridMember[] = [];
      const all = planned(settings);
      const stood = context.from ? openParts(context.from) : null;
      for (const [i, { method, weight, settings: own }] of all.entries()) {
        const breathe: typeof context.breathe = ({ done, ...rest }) =>
          context.breathe({ ...rest, done: (i + done) / all.length });
        const finished = members.map(({ recommender }) => recommender.save());
        // A member's epochs are no epochs of the whole: nobody takes figures of them.
        const onEpoch: FitContext['onEpoch'] = (_epoch, _model, save) => {
          context.onPart?.(() => saveParts(finished, save()));
          return Promise.resolve();
        };
        const from = i === stood?.finished.length ? stood.underWay : null;
        const part = { seed: context.seed, breathe, from, ...(context.onPart && { onEpoch }) };
        const kept = stood?.finished[i];
        const recommender = kept
          ? method.open(kept)
          : await method.fit(interactions, own, part, features);
        members.push({ method: method.id, recommender, weight });
        if (!kept && i < all.length - 1)
          context.onPart?.(() => saveParts([...finished, recommender.save()], null));
      }
      return new Hybrid(members, settings.combination);
    },
    open(saved) {
      const { combination, members } = settingsIn(saved);
      return new Hybrid(
        members.map(({ method, weight, settings }, i) => {
          const arrays = arraysOf(String(i), saved.arrays);
          const recommender = methodOf(method).open({ method, settings, arrays });
          return { method, weight, recommender };
        }),
        combination,
      );
    },
  };
}

/** @throws StudioError `corrupt` */
function settingsIn(saved: SavedRecommender) {
  const combination = new SavedReader(saved, 'hybrid').text('combination', combinations);
  const members = parsed(saved.settings['members']);
  if (!Array.isArray(members) || !members.every(isMember))
    throw new StudioError('corrupt', "A saved hybrid doesn't name its members");
  return { combination, members };
}

function isMember(
  value: unknown,
): value is { method: string; weight: number; settings: SavedRecommender['settings'] } {
  return isTold(value) && 'weight' in value && typeof value.weight === 'number';
}
