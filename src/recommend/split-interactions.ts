/** Which events train, validate and test. Pure and seeded. Each part has all users and items, so that indices agree. */
import { StudioError } from '../lib/errors.ts';
import { Random } from '../lib/random.ts';
import type { Interactions } from './interactions.ts';

export type InteractionSplitSpec =
  /** A share of each person's events, drawn at random. */
  | { type: 'random'; validation: number; test: number; seed: number }
  /** Each person's last event tests, the one before validates if wanted; by (time, item). */
  | { type: 'leave-last-out'; validation: boolean }
  /** The latest events of all test, those before them validate. */
  | { type: 'temporal'; validation: number; test: number };

export interface InteractionSplit {
  train: Interactions;
  validation: Interactions;
  test: Interactions;
}

const parts = { train: 0, validation: 1, test: 2 };

/**
 * Every person who has events keeps one to learn from where the split goes by person.
 * @throws StudioError `bad-config` for shares that leave nothing to train on, or a split by time without times
 */
export function splitInteractions(
  interactions: Interactions,
  spec: InteractionSplitSpec,
): InteractionSplit {
  if (spec.type !== 'leave-last-out') checkShares(spec);
  const partOf = new Uint8Array(interactions.indices.length);
  switch (spec.type) {
    case 'random':
      dealAtRandom(interactions, spec, partOf);
      break;
    case 'leave-last-out':
      dealLast(interactions, spec.validation, partOf);
      break;
    case 'temporal':
      dealByTime(interactions, spec, partOf);
      break;
    default:
      spec satisfies never;
  }
  const split = {
    train: eventsOfPart(interactions, partOf, parts.train),
    validation: eventsOfPart(interactions, partOf, parts.validation),
    test: eventsOfPart(interactions, partOf, parts.test),
  };
  if (split.train.indices.length === 0)
    throw new StudioError(
      'bad-config',
      `The split leaves none of ${partOf.length} events to train on`,
    );
  return split;
}

function checkShares({ validation, test }: { validation: number; test: number }) {
  if (!(validation >= 0 && test >= 0 && validation + test < 1))
    throw new StudioError(
      'bad-config',
      `Shares of ${validation} to validate and ${test} to test leave nothing to train on`,
    );
}

/** The events whose entry in `partOf` is `part`; users and items stay as they are. */
function eventsOfPart(interactions: Interactions, partOf: Uint8Array, part: number): Interactions {
  const { users, starts } = interactions;
  const isPart = (_: number, event: number) => partOf[event] === part;
  const newStarts = new Uint32Array(users + 1);
  for (let user = 0; user < users; user++) {
    let count = newStarts[user] ?? 0;
    const to = starts[user + 1] ?? 0;
    for (let event = starts[user] ?? 0; event < to; event++) if (partOf[event] === part) count++;
    newStarts[user + 1] = count;
  }
  return {
    users,
    items: interactions.items,
    starts: newStarts,
    indices: interactions.indices.filter(isPart),
    values: interactions.values.filter(isPart),
    times: interactions.times?.filter(isPart) ?? null,
  };
}

function dealAtRandom(
  { users, starts }: Interactions,
  spec: { validation: number; test: number; seed: number },
  partOf: Uint8Array,
) {
  const random = new Random(spec.seed, 'interaction-split');
  for (let user = 0; user < users; user++) {
    const from = starts[user] ?? 0;
    const count = (starts[user + 1] ?? from) - from;
    const order = random.shuffle(Uint32Array.from({ length: count }, (_, i) => from + i));
    const test = Math.min(Math.round(count * spec.test), Math.max(count - 1, 0));
    const validation = Math.min(Math.round(count * spec.validation), Math.max(count - 1 - test, 0));
    order.forEach((event, at) => {
      if (at < test) partOf[event] = parts.test;
      else if (at < test + validation) partOf[event] = parts.validation;
    });
  }
}

function dealLast(interactions: Interactions, validates: boolean, partOf: Uint8Array) {
  const { users, starts } = interactions;
  const times = timesOf(interactions);
  for (let user = 0; user < users; user++) {
    const from = starts[user] ?? 0;
    const to = starts[user + 1] ?? from;
    const last = latest(times, from, to, -1);
    if (to - from < 2) continue;
    partOf[last] = parts.test;
    if (validates && to - from > 2) partOf[latest(times, from, to, last)] = parts.validation;
  }
}

/** The latest event of [from, to) but `except`; of one time the highest item, undated ones first. */
function latest(times: Float64Array, from: number, to: number, except: number): number {
  let best = -1;
  for (let event = from; event < to; event++) {
    if (event === except) continue;
    const time = times[event] ?? Number.NaN;
    const bestTime = times[best] ?? Number.NaN;
    if (best < 0 || time >= bestTime || Number.isNaN(bestTime)) best = event;
  }
  return best;
}

/** Events of one moment stay together; undated events train. */
function dealByTime(
  interactions: Interactions,
  spec: { validation: number; test: number },
  partOf: Uint8Array,
) {
  const times = timesOf(interactions);
  const sorted = times.filter((time) => !Number.isNaN(time)).sort();
  const from = (share: number) =>
    sorted[sorted.length - Math.round(sorted.length * share)] ?? Infinity;
  const testFrom = spec.test > 0 ? from(spec.test) : Infinity;
  const validationFrom = spec.validation > 0 ? from(spec.validation + spec.test) : testFrom;
  times.forEach((time, event) => {
    if (time >= testFrom) partOf[event] = parts.test;
    else if (time >= validationFrom) partOf[event] = parts.validation;
  });
}

function timesOf({ times }: Interactions): Float64Array {
  if (!times?.some((time) => !Number.isNaN(time)))
    throw new StudioError('bad-config', 'A split by time needs the times of events');
  return times;
}

/**
 * How far a split lets a model look ahead: the share of dated test events before which the model has already seen
 * something later, of the same person and of anyone. 0 where either part has no times.
 */
export function lookAhead(
  train: Interactions,
  test: Interactions,
): { samePerson: number; anyone: number } {
  if (!train.times || !test.times) return { samePerson: 0, anyone: 0 };
  const latestOf = ({ starts, times }: Interactions, user: number) =>
    (times ?? new Float64Array())
      .subarray(starts[user] ?? 0, starts[user + 1] ?? 0)
      .reduce((most, time) => (time > most ? time : most), -Infinity);
  const latestOfAll = train.times.reduce((most, time) => (time > most ? time : most), -Infinity);
  let dated = 0;
  let samePerson = 0;
  let anyone = 0;
  for (let user = 0; user < test.users; user++) {
    const latestOwn = latestOf(train, user);
    const to = test.starts[user + 1] ?? 0;
    for (let event = test.starts[user] ?? 0; event < to; event++) {
      const time = test.times[event] ?? Number.NaN;
      if (Number.isNaN(time)) continue;
      dated++;
      if (latestOwn > time) samePerson++;
      if (latestOfAll > time) anyone++;
    }
  }
  return { samePerson: dated && samePerson / dated, anyone: dated && anyone / dated };
}
