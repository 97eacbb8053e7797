/** Events of a table as interactions: who, what, how much and when, by the columns' roles. */
import { numberInParts } from '../data/number-cells.ts';
import {
  columnInRole,
  type ColumnSource,
  type ColumnVector,
  type SplitSpec,
  usualEventRules,
} from '../data/schema.ts';
import { StudioError } from '../lib/errors.ts';
import { atOnce, inRanges, stretch, type Parts } from '../lib/parts.ts';
import { buildInParts, type Events } from './build-interactions.ts';
import { Breaks } from './in-parts.ts';
import type { Interactions } from './interactions.ts';
import { readEventTimes } from './read-event-times.ts';
import { splitInParts, type InteractionSplit } from './split-interactions.ts';

export interface EventTable {
  interactions: Interactions;
  /** Ids as the table has them, by number. */
  users: readonly string[];
  items: readonly string[];
  /** Whether events have values, such as ratings or how often it happened. */
  hasValues: boolean;
  /** `EventRules` of the data set. */
  likedFrom: number | null;
  /** Rows without a user, an item, or the value that others have. */
  incomplete: number;
  /** Rows that repeat a pair: what becomes of those is the data set's rule. */
  repeated: number;
}

/** How the work is shared between its steps, roughly: where each ends. */
const ends = { users: 0.15, items: 0.3, values: 0.35, times: 0.4, rows: 0.5, matrix: 1 };

/**
 * @param breathe told the share done every 20 ms or so; throws to stop
 * @throws StudioError `bad-config` before it is said which columns are the user and the item, `bad-data` without events
 */
export async function readInteractions(
  source: ColumnSource,
  breathe: (done: number) => Promise<void> = () => Promise.resolve(),
): Promise<EventTable> {
  let done = 0;
  const breaks = new Breaks(() => breathe(done));
  const drive = <T>(work: Parts<T>, to: number) => {
    const from = done;
    // A part of unknown length hands over what was done before it.
    return breaks.drive(work, (share) => (done = Math.max(done, from + (to - from) * share)));
  };
  const { duplicates, likedFrom } = source.dataSet.events ?? usualEventRules;
  const user = await readIds(source, 'user', breaks);
  const item = await readIds(source, 'item', breaks);
  if (!user || !item)
    throw new StudioError('bad-config', 'Say which columns are the user and the item');
  const users = await drive(numberInParts(user), ends.users);
  const items = await drive(numberInParts(item), ends.items);
  const values = await readValues(source, (work) => drive(work, ends.values));
  const times = await readEventTimes(source, breaks);
  done = ends.times;
  const columns = { users: users.numbers, items: items.numbers, values, times };
  const events = await drive(completeRows(columns), ends.rows);
  const rows = events.users.length;
  if (rows === 0) throw new StudioError('bad-data', 'No row has a user, an item and a value');
  const interactions = await drive(
    buildInParts(events, { users: users.names.length, items: items.names.length }, duplicates),
    ends.matrix,
  );
  return {
    ...{ interactions, likedFrom },
    users: users.names,
    items: items.names,
    hasValues: values !== null || duplicates === 'sum',
    incomplete: users.numbers.length - rows,
    repeated: rows - interactions.indices.length,
  };
}

interface EventColumns {
  /** [rows] numbers, −1 where missing. */
  users: Int32Array;
  items: Int32Array;
  /** [rows], NaN where missing; null without such a column. */
  values: Float64Array | null;
  times: Float64Array | null;
}

/** Those that have a user, an item and a value, or all of that there is. */
function* completeRows({ users, items, values, times }: EventColumns): Parts<Events> {
  const isComplete = (row: number) =>
    (users[row] ?? -1) >= 0 &&
    (items[row] ?? -1) >= 0 &&
    (values === null || Number.isFinite(values[row]));
  let count = 0;
  const counting = inRanges(users.length, (from, to) => {
    for (let row = from; row < to; row++) if (isComplete(row)) count++;
  });
  yield* stretch(counting, 0, 0.3);
  const found = {
    users: new Uint32Array(count),
    items: new Uint32Array(count),
    values: values && new Float32Array(count),
    times: times && new Float64Array(count),
  };
  let at = 0;
  const copying = inRanges(users.length, (from, to) => {
    for (let row = from; row < to; row++) {
      if (!isComplete(row)) continue;
      found.users[at] = users[row] ?? 0;
      found.items[at] = items[row] ?? 0;
      if (found.values) found.values[at] = values?.[row] ?? 0;
      if (found.times) found.times[at] = times?.[row] ?? Number.NaN;
      at++;
    }
  });
  yield* stretch(copying, 0.3, 1);
  return found;
}

/** @throws StudioError `bad-config` for a split that isn't one of events, or leaves nothing to train on */
export function splitEvents(interactions: Interactions, spec: SplitSpec): InteractionSplit {
  return atOnce(splitEventsInParts(interactions, spec));
}

/** The same for millions of events while others want to be heard. */
export function splitEventsInParts(
  interactions: Interactions,
  spec: SplitSpec,
): Parts<InteractionSplit> {
  switch (spec.type) {
    case 'per-user':
      return splitInParts(interactions, { ...spec, type: 'random' });
    case 'last-out':
      return splitInParts(interactions, { ...spec, type: 'leave-last-out' });
    case 'time':
      return splitInParts(interactions, { ...spec, type: 'temporal' });
    default:
      throw new StudioError('bad-config', `Events can't be split by "${spec.type}"`);
  }
}

/** The events with a value of 1 each: that something happened is all that counts. */
export function binary(interactions: Interactions): Interactions {
  return { ...interactions, values: new Float32Array(interactions.values.length).fill(1) };
}

async function readIds(
  source: ColumnSource,
  role: 'user' | 'item',
  breaks: Breaks,
): Promise<ColumnVector | null> {
  const column = columnInRole(source.dataSet, role);
  if (!column) return null;
  const vector = await source.column(column.name);
  const huge = vector.kind === 'number' && (await breaks.drive(findHuge(vector.values)));
  if (huge)
    throw new StudioError(
      'bad-data',
      `column "${column.name}": ${huge} is beyond 2⁵³, where numbers next to each other become one. ` +
        'Change its type to id: then its ids are read as they stand in the file',
    );
  return vector;
}

function* findHuge(ids: Float64Array): Parts<number | undefined> {
  let huge: number | undefined;
  yield* inRanges(ids.length, (from, to) => {
    huge ??= ids.subarray(from, to).find((id) => Math.abs(id) > Number.MAX_SAFE_INTEGER);
  });
  return huge;
}

/** NaN where there is none that could be kept: they are kept in 32 bits. */
async function readValues(
  source: ColumnSource,
  drive: (work: Parts<Float64Array>) => Promise<Float64Array>,
): Promise<Float64Array | null> {
  const column = columnInRole(source.dataSet, 'target');
  if (!column) return null;
  const vector = await source.column(column.name);
  if (vector.kind === 'number') return drive(keepable(vector.values));
  throw new StudioError(
    'bad-config',
    `column "${column.name}": the column of the value must hold numbers, this one is of type ${column.type}. ` +
      'Choose another, none, or change its type',
  );
}

function* keepable(values: Float64Array): Parts<Float64Array> {
  const kept = new Float64Array(values.length);
  yield* inRanges(values.length, (from, to) => {
    for (let row = from; row < to; row++) {
      const value = values[row] ?? NaN;
      kept[row] = Number.isFinite(Math.fround(value)) ? value : NaN;
    }
  });
  return kept;
}
