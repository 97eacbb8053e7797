/** What the Data screen asks of a table of events. */
import type { ColumnSource, SplitSpec } from '../../src/data/schema.ts';
import type { SplitCounts } from '../../src/data/split-counts.ts';
import type { Interactions } from '../../src/recommend/interactions.ts';
import { Breaks } from '../../src/recommend/in-parts.ts';
import { profileInParts } from '../../src/recommend/interaction-profile.ts';
import { readInteractions, splitEventsInParts } from '../../src/recommend/read-interactions.ts';
import { lookAheadInParts } from '../../src/recommend/split-interactions.ts';
import type { EventProfile } from '../../src/rpc/contracts.ts';
import { yieldToMessages } from '../../src/training/engine/yield.ts';
import { breathing } from '../breathing.ts';

export { keepCore } from './keep-core.ts';

/** Of a profile's work, before the events are split and counted. */
const readingShare = 0.7;

/** @param onProgress told the share done */
export async function profileEvents(
  source: ColumnSource,
  onProgress?: (share: number) => void,
): Promise<EventProfile> {
  const breathe = breathing(onProgress);
  const { interactions, incomplete, repeated, hasValues, likedFrom } = await readInteractions(
    source,
    (done) => breathe(readingShare * done),
  );
  const breaks = new Breaks(() => breathe(readingShare));
  const { train, test } = await breaks.drive(
    splitEventsInParts(interactions, source.dataSet.split),
  );
  return {
    ...(await breaks.drive(profileInParts(interactions))),
    ...{ incomplete, repeated, hasValues },
    lookAhead: await breaks.drive(lookAheadInParts(train, test)),
    liked:
      likedFrom === null ? null : { from: likedFrom, share: shareLiked(interactions, likedFrom) },
  };
}

export async function countEventSplit(
  source: ColumnSource,
  split: SplitSpec,
): Promise<SplitCounts> {
  const { interactions } = await readInteractions(source, yieldToMessages);
  const { train, validation, test } = await new Breaks(yieldToMessages).drive(
    splitEventsInParts(interactions, split),
  );
  return {
    train: train.indices.length,
    validation: validation.indices.length,
    test: test.indices.length,
    leftOut: source.dataSet.rows - interactions.indices.length,
    classes: [],
  };
}

function shareLiked({ values }: Interactions, from: number): number {
  let count = 0;
  for (const value of values) if (value >= from) count++;
  return count / values.length;
}
