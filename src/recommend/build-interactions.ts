/** From a list of events, in any order and with repeats, to a sparse matrix. */
import type { DuplicateRule } from '../data/schema.ts';
import { StudioError } from '../lib/errors.ts';
import { atOnce, inRanges, stretch, type Parts } from '../lib/parts.ts';
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

interface Shape {
  users: number;
  items: number;
}

/** @throws StudioError `bad-data` naming the row of an id out of range or of a value that isn't a finite number */
export function buildInteractions(
  events: Events,
  shape: Shape,
  duplicates: DuplicateRule,
): Interactions {
  return atOnce(buildInParts(events, shape, duplicates));
}

/** The same for millions of events while others want to be heard. */
export function* buildInParts(
  events: Events,
  shape: Shape,
  duplicates: DuplicateRule,
): Parts<Interactions> {
  yield* stretch(checkInParts(events, shape), 0, 0.1);
  const order = yield* stretch(orderByUserThenItem(events, shape), 0.1, 0.6);
  const joining = new Joining(events, shape, order, duplicates);
  yield* stretch(
    inRanges(order.length, (from, to) => {
      joining.take(from, to);
    }),
    0.6,
    1,
  );
  return yield* joining.finish();
}

/** Events in order, those of a pair made one. */
class Joining {
  readonly #events: Events;
  readonly #shape: Shape;
  readonly #order: Uint32Array;
  readonly #rule: DuplicateRule;
  readonly #starts: Uint32Array;
  readonly #indices: Uint32Array;
  /** Sums of many small ones would lose them in 24 bits; of a mean the sum, divided when its pair is whole. */
  readonly #values: Float32Array;
  readonly #times: Float64Array | null;
  #count = 0;
  #user = -1;
  /** Of the pair under way. */
  #value = 0;
  #repeats = 0;

  constructor(events: Events, shape: Shape, order: Uint32Array, rule: DuplicateRule) {
    this.#events = events;
    this.#shape = shape;
    this.#order = order;
    this.#rule = rule;
    this.#starts = new Uint32Array(shape.users + 1);
    this.#indices = new Uint32Array(order.length);
    this.#values = new Float32Array(order.length);
    this.#times = events.times && new Float64Array(order.length);
  }

  /** The next places of the order. */
  take(from: number, to: number) {
    const { users, items, values: given, times: dates } = this.#events;
    const [starts, indices, values, times] = [
      this.#starts,
      this.#indices,
      this.#values,
      this.#times,
    ];
    const [order, rule] = [this.#order, this.#rule];
    let [count, previous, joined, repeats] = [this.#count, this.#user, this.#value, this.#repeats];
    for (let place = from; place < to; place++) {
      const row = order[place] ?? 0;
      const user = users[row] ?? 0;
      const item = items[row] ?? 0;
      const value = given ? (given[row] ?? 0) : 1;
      const time = dates ? (dates[row] ?? Number.NaN) : Number.NaN;
      const isRepeat = user === previous && indices[count - 1] === item;
      if (isRepeat) {
        const kept = times ? (times[count - 1] ?? Number.NaN) : Number.NaN;
        const isLatest = !(time < kept) && !(Number.isNaN(time) && !Number.isNaN(kept));
        joined = join(joined, value, isLatest, rule);
        repeats++;
        if (times && isLatest) times[count - 1] = time;
      } else {
        indices[count] = item;
        if (times) times[count] = time;
        starts[user + 1] = (starts[user + 1] ?? 0) + 1;
        count++;
        previous = user;
        joined = value;
        repeats = 1;
      }
      values[count - 1] = rule === 'mean' ? joined / repeats : joined;
    }
    this.#count = count;
    this.#user = previous;
    this.#value = joined;
    this.#repeats = repeats;
  }

  *finish(): Parts<Interactions> {
    const count = this.#count;
    addUp(this.#starts);
    const built = {
      ...this.#shape,
      starts: this.#starts,
      indices: this.#indices,
      values: this.#values,
      times: this.#times,
    };
    if (count === this.#order.length) return built;
    built.indices = this.#indices.slice(0, count);
    yield 1;
    built.values = this.#values.slice(0, count);
    yield 1;
    built.times = this.#times && this.#times.slice(0, count);
    return built;
  }
}

/** Of a pair's value so far and one more; of `mean` the sum. */
function join(soFar: number, value: number, isLatest: boolean, rule: DuplicateRule): number {
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

function* checkInParts({ users, items, values, times }: Events, shape: Shape): Parts<void> {
  const rows = users.length;
  if (
    items.length !== rows ||
    (values ?? users).length !== rows ||
    (times ?? users).length !== rows
  )
    throw new StudioError('bad-data', `${rows} users, but ${items.length} items or other values`);
  yield* inRanges(rows, (from, to) => {
    for (let row = from; row < to; row++) {
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
  });
}

/** Rows by (user, item, row): two stable counting sorts. */
function* orderByUserThenItem({ users, items }: Events, shape: Shape): Parts<Uint32Array> {
  const byItem = yield* stretch(countingSort(null, items, shape.items), 0, 0.5);
  return yield* stretch(countingSort(byItem, users, shape.users), 0.5, 1);
}

/** @param rows all in their order where null */
function* countingSort(
  rows: Uint32Array | null,
  keys: Uint32Array,
  keyCount: number,
): Parts<Uint32Array> {
  const next = new Uint32Array(keyCount + 1);
  yield* stretch(
    inRanges(keys.length, (from, to) => {
      for (let row = from; row < to; row++) {
        const key = (keys[row] ?? 0) + 1;
        next[key] = (next[key] ?? 0) + 1;
      }
    }),
    0,
    0.2,
  );
  addUp(next);
  const sorted = new Uint32Array(keys.length);
  yield* stretch(
    inRanges(keys.length, (from, to) => {
      for (let place = from; place < to; place++) {
        const row = rows ? (rows[place] ?? 0) : place;
        const key = keys[row] ?? 0;
        const at = next[key] ?? 0;
        sorted[at] = row;
        next[key] = at + 1;
      }
    }),
    0.2,
    1,
  );
  return sorted;
}

/** From lengths, one place on, to where each begins. */
function addUp(lengths: Uint32Array) {
  for (let at = 1; at < lengths.length; at++)
    lengths[at] = (lengths[at] ?? 0) + (lengths[at - 1] ?? 0);
}
