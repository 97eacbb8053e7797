/** All that a recommender's run reads before it fits. */
import type { TrainingJob } from '../../training/pipeline.ts';
import type { RecommenderConfig } from '../../training/run.ts';
import { idsBeside, withItems } from '../ids-beside.ts';
import { Breaks } from '../in-parts.ts';
import type { Interactions } from '../interactions.ts';
import type { ItemFeatures } from '../item-features.ts';
import { asEvents, learnedParts, type LearnedParts } from '../learned-parts.ts';
import { readFeatures } from '../read-features.ts';
import { readInteractions, splitEventsInParts, type EventTable } from '../read-interactions.ts';
import type { Recommender } from '../recommender.ts';
import type { InteractionSplit } from '../split-interactions.ts';
import { ranksNewItems } from './asked-method.ts';
import { allMethods } from './methods.ts';
import { sampleOf } from './validated-people.ts';

export interface TrainingData {
  table: EventTable;
  parts: InteractionSplit;
  /** As the method learns from them. */
  learned: LearnedParts;
  /** Ids of all items that the model ranks: those of the events, then those without. */
  items: readonly string[];
  features: ItemFeatures | null;
  people: ItemFeatures | null;
  validated: ValidatedEvents;
  /** The baseline: what most people had. */
  popular: Recommender;
}

/** What is held out to choose an epoch by, of some people; null where nothing is. */
interface ValidatedEvents {
  liked: Interactions | null;
  /** With their values; null too where events have none. */
  valued: Interactions | null;
}

/**
 * @param breathe told the share done every 20 ms or so; throws to stop
 * @throws StudioError as `readInteractions`, `splitEvents` and `learnedParts`
 */
export async function readTrainingData(
  { source, items, users }: Pick<TrainingJob, 'source' | 'items' | 'users'>,
  config: RecommenderConfig,
  breathe: (done: number) => Promise<void>,
): Promise<TrainingData> {
  const breaks = new Breaks(() => breathe(1));
  const table = await readInteractions(source, breathe);
  const parts = await breaks.drive(splitEventsInParts(table.interactions, source.dataSet.split));
  const learned = await breaks.drive(learnedParts(config, parts, table.likedFrom));
  const more = items && ranksNewItems(config) ? await idsBeside(items, table.items, 'items') : [];
  const all = withItems(table, more).items;
  const features = items ? (await readFeatures(items, all)).features : null;
  const people = users ? (await readFeatures(users, table.users, 'users')).features : null;
  const { train, validation } = await breaks.drive(asEvents(parts, table.likedFrom));
  const context = { seed: 0, breathe: () => breaks.take() };
  return {
    ...{ table, parts, learned, features, people, items: all },
    validated: {
      liked: await breaks.drive(sampleOf(validation)),
      valued: table.hasValues ? await breaks.drive(sampleOf(parts.validation)) : null,
    },
    popular: await allMethods['most-popular'].fit(train, {}, context, null),
  };
}
