/** Events as a method learns from them, with their values or 1 each, and as its lists are held against them. */
import { StudioError } from '../lib/errors.ts';
import type { Parts } from '../lib/parts.ts';
import type { RecommenderConfig } from '../training/run.ts';
import type { Interactions } from './interactions.ts';
import { joinInParts } from './join-interactions.ts';
import { likedInParts } from './liked.ts';
import { methodInfo } from './method-settings.ts';
import { binary } from './read-interactions.ts';
import type { InteractionSplit } from './split-interactions.ts';

export interface LearnedParts {
  train: Interactions;
  validation: Interactions;
  /** What lists are to foretell: the liked events of the test part, with their values. */
  test: Interactions;
  /** All events of training and validation, liked or not: what lists leave out. Null where that is what is known. */
  seen: Interactions | null;
}

/**
 * Methods of ratings, and neighbours that average them, need all values; the others learn from that a person liked
 * something.
 * @param likedFrom the least value of what is liked; null: every event is
 * @throws StudioError `bad-config` where nothing is liked that could be learned from
 */
export function* learnedParts(
  config: RecommenderConfig,
  parts: InteractionSplit,
  likedFrom: number | null,
): Parts<LearnedParts> {
  const { train, validation, test } = parts;
  if (learnsValues(config))
    return { train, validation, test: yield* likedInParts(test, likedFrom), seen: null };
  const seen = likedFrom === null ? null : yield* joinInParts(train, validation);
  return { ...(yield* asEvents(parts, likedFrom)), seen };
}

export function learnsValues({ learner, settings }: RecommenderConfig): boolean {
  return (
    methodInfo(learner)?.learnsFrom === 'values' || settings['aggregate'] === 'weighted-average'
  );
}

/**
 * Liked events alone, 1 each; those of the test part keep their values.
 * @throws StudioError `bad-config` as `learnedParts`
 */
export function* asEvents(
  { train, validation, test }: InteractionSplit,
  likedFrom: number | null,
): Parts<InteractionSplit> {
  const likedInTraining = yield* likedInParts(train, likedFrom);
  if (likedInTraining.indices.length === 0 && train.indices.length > 0) {
    const most = train.values.reduce((a, b) => Math.max(a, b), -Infinity);
    throw new StudioError(
      'bad-config',
      `Nothing counts as liked: no value of the training part is ${String(likedFrom)} or more, the highest is ` +
        `${most}. Choose a lower value, or let any event count`,
    );
  }
  return {
    train: binary(likedInTraining),
    validation: binary(yield* likedInParts(validation, likedFrom)),
    test: yield* likedInParts(test, likedFrom),
  };
}
