/** Events of a table as interactions: who, what, how much and when, by the columns' roles. */
import { numberCells } from '../data/number-cells.ts';
import {
  columnInRole,
  type ColumnSource,
  type ColumnVector,
  type SplitSpec,
  usualEventRules,
} from '../data/schema.ts';
import { StudioError } from '../lib/errors.ts';
import { buildInteractions } from './build-interactions.ts';
import type { Interactions } from './interactions.ts';
import { readEventTimes } from './read-event-times.ts';
import { splitInteractions, type InteractionSplit } from './split-interactions.ts';

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

/** @throws StudioError `bad-config` before it is said which columns are the user and the item, `bad-data` without events */
export async function readInteractions(source: ColumnSource): Promise<EventTable> {
  const { duplicates, likedFrom } = source.dataSet.events ?? usualEventRules;
  const user = await readIds(source, 'user');
  const item = await readIds(source, 'item');
  if (!user || !item)
    throw new StudioError('bad-config', 'Say which columns are the user and the item');
  const users = numberCells(user);
  const items = numberCells(item);
  const values = await readValues(source);
  const times = await readEventTimes(source);
  const rows = Uint32Array.from(users.numbers.keys()).filter(
    (row) =>
      (users.numbers[row] ?? -1) >= 0 &&
      (items.numbers[row] ?? -1) >= 0 &&
      (values === null || Number.isFinite(values[row])),
  );
  if (rows.length === 0)
    throw new StudioError('bad-data', 'No row has a user, an item and a value');
  const interactions = buildInteractions(
    {
      users: Uint32Array.from(rows, (row) => users.numbers[row] ?? 0),
      items: Uint32Array.from(rows, (row) => items.numbers[row] ?? 0),
      values: values && Float32Array.from(rows, (row) => values[row] ?? 0),
      times: times && Float64Array.from(rows, (row) => times[row] ?? Number.NaN),
    },
    { users: users.names.length, items: items.names.length },
    duplicates,
  );
  return {
    ...{ interactions, likedFrom },
    users: users.names,
    items: items.names,
    hasValues: values !== null || duplicates === 'sum',
    incomplete: users.numbers.length - rows.length,
    repeated: rows.length - interactions.indices.length,
  };
}

/** @throws StudioError `bad-config` for a split that isn't one of events, or leaves nothing to train on */
export function splitEvents(interactions: Interactions, spec: SplitSpec): InteractionSplit {
  switch (spec.type) {
    case 'per-user':
      return splitInteractions(interactions, { ...spec, type: 'random' });
    case 'last-out':
      return splitInteractions(interactions, { ...spec, type: 'leave-last-out' });
    case 'time':
      return splitInteractions(interactions, { ...spec, type: 'temporal' });
    default:
      throw new StudioError('bad-config', `Events can't be split by "${spec.type}"`);
  }
}

/** The events with a value of 1 each: that something happened is all that counts. */
export function binary(interactions: Interactions): Interactions {
  return { ...interactions, values: new Float32Array(interactions.values.length).fill(1) };
}

async function readIds(source: ColumnSource, role: 'user' | 'item'): Promise<ColumnVector | null> {
  const column = columnInRole(source.dataSet, role);
  if (!column) return null;
  const vector = await source.column(column.name);
  const huge =
    vector.kind === 'number' && vector.values.find((id) => Math.abs(id) > Number.MAX_SAFE_INTEGER);
  if (huge)
    throw new StudioError(
      'bad-data',
      `column "${column.name}": ${huge} is beyond 2⁵³, where numbers next to each other become one. ` +
        'Change its type to id: then its ids are read as they stand in the file',
    );
  return vector;
}

/** NaN where there is none that could be kept: they are kept in 32 bits. */
async function readValues(source: ColumnSource): Promise<Float64Array | null> {
  const column = columnInRole(source.dataSet, 'target');
  if (!column) return null;
  const vector = await source.column(column.name);
  if (vector.kind === 'number')
    return vector.values.map((value) => (Number.isFinite(Math.fround(value)) ? value : NaN));
  throw new StudioError(
    'bad-config',
    `column "${column.name}": the column of the value must hold numbers, this one is of type ${column.type}. ` +
      'Choose another, none, or change its type',
  );
}
