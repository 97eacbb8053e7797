/**
 * Where a fit stands at an epoch's end, to the last bit, so that one that was killed goes on as if it hadn't been: named
 * arrays and numbers, as models are saved.
 */
import { StudioError } from '../lib/errors.ts';
import { Random } from '../lib/random.ts';
import type { FitState, SavedRecommender } from './recommender.ts';
import { SavedReader } from './saved.ts';

interface FitParts {
  /** Epochs that are done. */
  epoch: number;
  random: Random;
  arrays: SavedRecommender['arrays'];
  numbers?: Readonly<Record<string, number>>;
}

export function saveFit(method: string, { epoch, random, arrays, numbers }: FitParts): FitState {
  return {
    method,
    settings: { ...numbers, epoch },
    arrays: { ...arrays, random: Float64Array.from(random.save()) },
  };
}

/** @throws StudioError `corrupt` where another method was fitted */
export function openFit(state: FitState, method: string) {
  const reader = new SavedReader(state, method);
  return { reader, epoch: reader.number('epoch'), random: randomIn(reader, 'random') };
}

/** @throws StudioError `corrupt` */
export function randomIn(reader: SavedReader, name: string): Random {
  const [a, b, c, counter] = reader.array(name, Float64Array, 4);
  if (a === undefined || b === undefined || c === undefined || counter === undefined)
    throw new StudioError('corrupt', `The saved recommender has no "${name}"`);
  return Random.restore([a, b, c, counter]);
}
