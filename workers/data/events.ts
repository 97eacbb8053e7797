/** What the Data screen asks of a table of events. */
import type { ColumnSource, SplitSpec } from '../../src/data/schema.ts';
import type { SplitCounts } from '../../src/data/split-counts.ts';
import type { Interactions } from '../../src/recommend/interactions.ts';
import { profileInteractions } from '../../src/recommend/interaction-profile.ts';
import { readInteractions, splitEvents } from '../../src/recommend/read-interactions.ts';
import { lookAhead } from '../../src/recommend/split-interactions.ts';
import type { EventProfile } from '../../src/rpc/contracts.ts';

export { keepCore } from './keep-core.ts';

export async function profileEvents(source: ColumnSource): Promise<EventProfile> {
  const { interactions, incomplete, repeated, hasValues, likedFrom } =
    await readInteractions(source);
  const { train, test } = splitEvents(interactions, source.dataSet.split);
  return {
    ...profileInteractions(interactions),
    ...{ incomplete, repeated, hasValues, lookAhead: lookAhead(train, test) },
    liked:
      likedFrom === null ? null : { from: likedFrom, share: shareLiked(interactions, likedFrom) },
  };
}

export async function countEventSplit(
  source: ColumnSource,
  split: SplitSpec,
): Promise<SplitCounts> {
  const { interactions } = await readInteractions(source);
  const { train, validation, test } = splitEvents(interactions, split);
  return {
    train: train.indices.length,
    validation: validation.indices.length,
    test: test.indices.length,
    leftOut: source.dataSet.rows - interactions.indices.length,
    classes: [],
  };
}

function shareLiked({ values }: Interactions, from: number): number {
  return values.filter((value) => value >= from).length / values.length;
}
