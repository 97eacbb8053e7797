/** Events of data sets and their parts, read once for all the versions that learned from them. */
import { dataSetKey } from '../../src/data/data-set-codec.ts';
import type { ColumnSource } from '../../src/data/schema.ts';
import { Breaks } from '../../src/recommend/in-parts.ts';
import {
  readInteractions,
  splitEventsInParts,
  type EventTable,
} from '../../src/recommend/read-interactions.ts';
import type { InteractionSplit } from '../../src/recommend/split-interactions.ts';
import { yieldToMessages } from '../../src/training/engine/yield.ts';
import { breathing } from '../breathing.ts';
import { Kept } from '../kept.ts';

export interface ReadEvents {
  table: EventTable;
  /** The parts of the data set's own split, made when they are first asked for. */
  split(): Promise<InteractionSplit>;
}

/** Ten million events and their parts are some 400 MB: versions side by side are of one data set, or of two. */
const kept = new Kept<ReadEvents>(2);

/** @param onProgress told the share done, by the first who asks for these events */
export function eventsOf(
  source: ColumnSource,
  onProgress?: (share: number) => void,
): Promise<ReadEvents> {
  return kept.get(dataSetKey(source.dataSet), () => read(source, onProgress));
}

async function read(
  source: ColumnSource,
  onProgress?: (share: number) => void,
): Promise<ReadEvents> {
  const table = await readInteractions(source, breathing(onProgress));
  let parts: Promise<InteractionSplit> | undefined;
  return {
    table,
    split: () =>
      (parts ??= new Breaks(yieldToMessages).drive(
        splitEventsInParts(table.interactions, source.dataSet.split),
      )),
  };
}
