/** Recommenders in one: as a hybrid is saved, and as its fit stands between two epochs of a member. */
import { StudioError } from '../../../lib/errors.ts';
import type { FitState, SavedRecommender } from '../../recommender.ts';

type Arrays = SavedRecommender['arrays'];

/** Arrays of one among others: under its name and a slash. */
export function arraysUnder(name: string, arrays: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([own, values]) => [`${name}/${own}`, values]),
  );
}

export function arraysOf(name: string, all: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(all)
      .filter(([own]) => own.startsWith(`${name}/`))
      .map(([own, values]) => [own.slice(`${name}/`.length), values]),
  );
}

const underWayName = 'fit';

/** @param underWay where the member after the finished ones stands; null before its first epoch's end */
export function saveParts(
  finished: readonly SavedRecommender[],
  underWay: FitState | null,
): FitState {
  const told = ({ method, settings }: SavedRecommender) => ({ method, settings });
  return {
    method: 'hybrid',
    settings: {
      finished: JSON.stringify(finished.map(told)),
      underWay: JSON.stringify(underWay && told(underWay)),
    },
    arrays: Object.assign(
      {},
      ...finished.map(({ arrays }, i) => arraysUnder(String(i), arrays)),
      underWay && arraysUnder(underWayName, underWay.arrays),
    ) as Arrays, // Object.assign gives any
  };
}

/** @throws StudioError `corrupt` */
export function openParts({ method, settings, arrays }: FitState): {
  finished: SavedRecommender[];
  underWay: FitState | null;
} {
  const finished = parsed(settings['finished']);
  const underWay = parsed(settings['underWay']);
  if (method !== 'hybrid' || !Array.isArray(finished) || !finished.every(isTold))
    throw new StudioError('corrupt', "A hybrid's checkpoint doesn't name its members");
  return {
    finished: finished.map((told, i) => ({ ...told, arrays: arraysOf(String(i), arrays) })),
    underWay: isTold(underWay) ? { ...underWay, arrays: arraysOf(underWayName, arrays) } : null,
  };
}

/** What is JSON's `undefined` where it is none. */
export function parsed(stored: unknown): unknown {
  if (typeof stored !== 'string') return undefined;
  try {
    return JSON.parse(stored);
  } catch {
    return undefined;
  }
}

/** A saved recommender without its arrays. */
export function isTold(value: unknown): value is Pick<SavedRecommender, 'method' | 'settings'> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'method' in value &&
    typeof value.method === 'string' &&
    'settings' in value &&
    typeof value.settings === 'object' &&
    value.settings !== null &&
    Object.values(value.settings).every((one) =>
      ['number', 'string', 'boolean'].includes(typeof one),
    )
  );
}
