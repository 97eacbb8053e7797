/** From a list of events, in any order and with repeats, to a sparse matrix. */
import type { DuplicateRule } from '../data/schema.ts';
import { StudioError } from '../lib/errors.ts';
import type { Interactions } from './interactions.ts';

/** One entry a row of the source. */
export interface Events {
  /** Indices in [0, users) and [0, items). */
  users: Uint32Array;
  items: Uint32Array;
  /** Null where only that it happened is known: 1 each. */
  values: Float32Array | null;
  /** ms since 1970 UTC, NaN where unknown; null where there are none. */
  times: Float64Array | null;
}

/** @throws StudioError `bad-data` naming the row of an id out of range or of a value that isn't a finite number */
export function buildInteractions(
  events: Events,
  shape: { users: number; items: number },
  duplicates: DuplicateRule,
): Interactions {
  check(events, shape);
  const order = orderByUserThenItem(events, shape);
  const starts = new Uint32Array(shape.users + 1);
  const indices = new Uint32Array(order.length);
  // Sums of many small ones would lose them in 24 bits.
  const values = new Float64Array(order.length);
  const repeats = duplicates === 'mean' ? new Uint32Array(order.length) : null;
  const times = events.times ? new Float64Array(order.length) : null;
  let count = 0;
  let previousUser = -1;
  for (const row of order) {
    const user = events.users[row] ?? 0;
    const item = events.items[row] ?? 0;
    const value = events.values ? (events.values[row] ?? 0) : 1;
    const time = events.times?.[row] ?? Number.NaN;
    const isRepeat = user === previousUser && indices[count - 1] === item;
    const at = isRepeat ? count - 1 : count++;
    if (!isRepeat) {
      indices[at] = item;
      starts[user + 1] = (starts[user + 1] ?? 0) + 1;
      previousUser = user;
    }
    const kept = isRepeat ? (times?.[at] ?? Number.NaN) : Number.NaN;
    const isLatest = !(time < kept) && !(Number.isNaN(time) && !Number.isNaN(kept));
    values[at] = isRepeat ? joined(values[at] ?? 0, value, isLatest, duplicates) : value;
    if (repeats) repeats[at] = (repeats[at] ?? 0) + 1;
    if (times && isLatest) times[at] = time;
  }
  for (let user = 0; user < shape.users; user++)
    starts[user + 1] = (starts[user + 1] ?? 0) + (starts[user] ?? 0);
  return {
    ...shape,
    starts,
    indices: indices.slice(0, count),
    values: Float32Array.from(
      values.subarray(0, count),
      (value, at) => value / (repeats?.[at] ?? 1),
    ),
    times: times?.slice(0, count) ?? null,
  };
}

/** Of a pair's value so far and one more; of `mean` the sum, divided at the end. */
function joined(soFar: number, value: number, isLatest: boolean, rule: DuplicateRule): number {
  switch (rule) {
    case 'last':
      return isLatest ? value : soFar;
    case 'highest':
      return Math.max(soFar, value);
    case 'sum':
    case 'mean':
      return soFar + value;
  }
}

function check({ users, items, values, times }: Events, shape: { users: number; items: number }) {
  const rows = users.length;
  if (
    items.length !== rows ||
    (values ?? users).length !== rows ||
    (times ?? users).length !== rows
  )
    throw new StudioError('bad-data', `${rows} users, but ${items.length} items or other values`);
  for (let row = 0; row < rows; row++) {
    const user = users[row] ?? 0;
    const item = items[row] ?? 0;
    if (user >= shape.users)
      throw new StudioError('bad-data', `Row ${row + 1}: user ${user} of ${shape.users}`);
    if (item >= shape.items)
      throw new StudioError('bad-data', `Row ${row + 1}: item ${item} of ${shape.items}`);
    const value = values ? values[row] : 1;
    if (!Number.isFinite(value))
      throw new StudioError('bad-data', `Row ${row + 1}: the value is ${String(value)}`);
  }
}

/** Rows by (user, item, row): two stable counting sorts. */
function orderByUserThenItem({ users, items }: Events, shape: { users: number; items: number }) {
  const rows = Uint32Array.from({ length: users.length }, (_, row) => row);
  return countingSort(countingSort(rows, items, shape.items), users, shape.users);
}

function countingSort(rows: Uint32Array, keys: Uint32Array, keyCount: number): Uint32Array {
  const next = new Uint32Array(keyCount + 1);
  for (const key of keys) next[key + 1] = (next[key + 1] ?? 0) + 1;
  for (let key = 0; key < keyCount; key++) next[key + 1] = (next[key + 1] ?? 0) + (next[key] ?? 0);
  const sorted = new Uint32Array(rows.length);
  for (const row of rows) {
    const key = keys[row] ?? 0;
    const at = next[key] ?? 0;
    sorted[at] = row;
    next[key] = at + 1;
  }
  return sorted;
}
