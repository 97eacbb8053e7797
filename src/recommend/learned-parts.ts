/** Events as a method learns from them: with their values, or 1 each. */
import type { RecommenderConfig } from '../training/run.ts';
import { methodInfo } from './method-settings.ts';
import { binary } from './read-interactions.ts';
import type { InteractionSplit } from './split-interactions.ts';

/** Methods of ratings, and neighbours that average them, need the values; the others rank by what happened. */
export function learnedParts(config: RecommenderConfig, parts: InteractionSplit): InteractionSplit {
  return learnsValues(config) ? parts : asEvents(parts);
}

export function learnsValues({ learner, settings }: RecommenderConfig): boolean {
  return (
    methodInfo(learner)?.learnsFrom === 'values' || settings['aggregate'] === 'weighted-average'
  );
}

/** The test part keeps its values: predictions are held against them. */
export function asEvents({ train, validation, test }: InteractionSplit): InteractionSplit {
  return { train: binary(train), validation: binary(validation), test };
}
