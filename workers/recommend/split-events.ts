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
import { breathing } from '../breathing.ts';

export interface SplitEvents {
  table: EventTable;
  split: InteractionSplit;
}

/** Ten million events and their parts are some 400 MB: versions side by side are of one data set, or of two. */
const mostKept = 2;
const kept = new Map<string, Promise<SplitEvents>>();

/** Of the work, before the events are split. */
const readingShare = 0.8;

/** @param onProgress told the share done, by the first who asks for these events */
export function splitEventsOf(
  source: ColumnSource,
  onProgress?: (share: number) => void,
): Promise<SplitEvents> {
  const key = dataSetKey(source.dataSet);
  const found = kept.get(key) ?? read(source, onProgress);
  kept.delete(key);
  kept.set(key, found);
  found.catch(() => kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return found;
}

async function read(
  source: ColumnSource,
  onProgress?: (share: number) => void,
): Promise<SplitEvents> {
  const breathe = breathing(onProgress);
  const table = await readInteractions(source, (done) => breathe(readingShare * done));
  const splitting = splitEventsInParts(table.interactions, source.dataSet.split);
  return { table, split: await new Breaks(() => breathe(readingShare)).drive(splitting) };
}
