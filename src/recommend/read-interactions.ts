/** Events of a table as interactions: who, what, how much and when, by the columns' roles. */
import { numberCells } from '../data/number-cells.ts';
import {
  columnInRole,
  type ColumnSource,
  type ColumnVector,
  type SingleRole,
  type SplitSpec,
  usualEventRules,
} from '../data/schema.ts';
import { StudioError } from '../lib/errors.ts';
import { buildInteractions } from './build-interactions.ts';
import type { Interactions } from './interactions.ts';
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

/** Times below are seconds: as ms they would be before March 1973. */
const leastMs = 1e11;

/** @throws StudioError `bad-config` before it is said which columns are the user and the item, `bad-data` without events */
export async function readInteractions(source: ColumnSource): Promise<EventTable> {
  const { duplicates, likedFrom } = source.dataSet.events ?? usualEventRules;
  const user = await read(source, 'user');
  const item = await read(source, 'item');
  if (!user || !item)
    throw new StudioError('bad-config', 'Say which columns are the user and the item');
  const users = numberCells(user);
  const items = numberCells(item);
  const values = numbersOf(await read(source, 'target'), 'value');
  const times = msOf(numbersOf(await read(source, 'time'), 'time'));
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

async function read(source: ColumnSource, role: SingleRole): Promise<ColumnVector | null> {
  const column = columnInRole(source.dataSet, role);
  return column ? source.column(column.name) : null;
}

function numbersOf(vector: ColumnVector | null, what: string): Float64Array | null {
  if (vector === null) return null;
  if (vector.kind === 'number') return vector.values;
  throw new StudioError(
    'bad-config',
    `The column of the ${what} must hold ${what === 'time' ? 'dates or numbers' : 'numbers'}`,
  );
}

/** Dates are ms already; numbers may be seconds. */
function msOf(times: Float64Array | null): Float64Array | null {
  if (times === null) return null;
  const most = times.reduce((high, time) => (time > high ? time : high), -Infinity);
  return most < leastMs ? times.map((time) => 1000 * time) : times;
}
