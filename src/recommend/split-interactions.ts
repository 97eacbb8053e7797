/** Which events train, validate and test. Pure and seeded. Each part has all users and items, so that indices agree. */
import { StudioError } from '../lib/errors.ts';
import { atOnce, inRanges, inRowRanges, stretch, type Parts } from '../lib/parts.ts';
import { Random } from '../lib/random.ts';
import { selectInParts } from '../lib/select.ts';
import type { Interactions } from './interactions.ts';
import { keepEvents } from './liked.ts';

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
  return atOnce(splitInParts(interactions, spec));
}

/** The same for millions of events while others want to be heard. */
export function* splitInParts(
  interactions: Interactions,
  spec: InteractionSplitSpec,
): Parts<InteractionSplit> {
  if (spec.type !== 'leave-last-out') checkShares(spec);
  const partOf = new Uint8Array(interactions.indices.length);
  yield* stretch(deal(interactions, spec, partOf), 0, 0.4);
  const eventsOf = (part: number) => keepEvents(interactions, (event) => partOf[event] === part);
  const split = {
    train: yield* stretch(eventsOf(parts.train), 0.4, 0.6),
    validation: yield* stretch(eventsOf(parts.validation), 0.6, 0.8),
    test: yield* stretch(eventsOf(parts.test), 0.8, 1),
  };
  if (split.train.indices.length === 0)
    throw new StudioError(
      'bad-config',
      `The split leaves none of ${partOf.length} events to train on`,
    );
  return split;
}

function deal(
  interactions: Interactions,
  spec: InteractionSplitSpec,
  partOf: Uint8Array,
): Parts<void> {
  switch (spec.type) {
    case 'random':
      return dealAtRandom(interactions, spec, partOf);
    case 'leave-last-out':
      return dealLast(interactions, spec.validation, partOf);
    case 'temporal':
      return dealByTime(interactions, spec, partOf);
  }
}

function checkShares({ validation, test }: { validation: number; test: number }) {
  if (!(validation >= 0 && test >= 0 && validation + test < 1))
    throw new StudioError(
      'bad-config',
      `Shares of ${validation} to validate and ${test} to test leave nothing to train on`,
    );
}

function dealAtRandom(
  { starts }: Interactions,
  spec: { validation: number; test: number; seed: number },
  partOf: Uint8Array,
): Parts<void> {
  const random = new Random(spec.seed, 'interaction-split');
  const order = new Uint32Array(longestRow(starts));
  return inRowRanges(starts, (fromUser, toUser) => {
    for (let user = fromUser; user < toUser; user++) {
      const from = starts[user] ?? 0;
      const count = (starts[user + 1] ?? from) - from;
      const own = order.subarray(0, count);
      for (let i = 0; i < count; i++) own[i] = from + i;
      random.shuffle(own);
      const test = Math.min(Math.round(count * spec.test), Math.max(count - 1, 0));
      const validation = Math.min(
        Math.round(count * spec.validation),
        Math.max(count - 1 - test, 0),
      );
      for (let at = 0; at < test; at++) partOf[own[at] ?? 0] = parts.test;
      for (let at = test; at < test + validation; at++) partOf[own[at] ?? 0] = parts.validation;
    }
  });
}

function longestRow(starts: Uint32Array): number {
  let most = 0;
  for (let row = 1; row < starts.length; row++)
    most = Math.max(most, (starts[row] ?? 0) - (starts[row - 1] ?? 0));
  return most;
}

function* dealLast(
  interactions: Interactions,
  validates: boolean,
  partOf: Uint8Array,
): Parts<void> {
  const { starts } = interactions;
  const times = timesOf(interactions);
  yield* inRowRanges(starts, (fromUser, toUser) => {
    for (let user = fromUser; user < toUser; user++) {
      const from = starts[user] ?? 0;
      const to = starts[user + 1] ?? from;
      const last = latest(times, from, to, -1);
      if (to - from < 2) continue;
      partOf[last] = parts.test;
      if (validates && to - from > 2) partOf[latest(times, from, to, last)] = parts.validation;
    }
  });
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
function* dealByTime(
  interactions: Interactions,
  spec: { validation: number; test: number },
  partOf: Uint8Array,
): Parts<void> {
  const times = timesOf(interactions);
  const dated = yield* stretch(countDated(times), 0, 0.1);
  const from = (share: number) => selectInParts(times, dated - Math.round(dated * share));
  const testFrom = spec.test > 0 ? yield* stretch(from(spec.test), 0.1, 0.4) : Infinity;
  const validationFrom =
    spec.validation > 0 ? yield* stretch(from(spec.validation + spec.test), 0.4, 0.7) : testFrom;
  const mark = inRanges(times.length, (first, last) => {
    for (let event = first; event < last; event++) {
      const time = times[event] ?? Number.NaN;
      if (time >= testFrom) partOf[event] = parts.test;
      else if (time >= validationFrom) partOf[event] = parts.validation;
    }
  });
  yield* stretch(mark, 0.7, 1);
}

function* countDated(times: Float64Array): Parts<number> {
  let dated = 0;
  yield* inRanges(times.length, (from, to) => {
    for (let event = from; event < to; event++)
      if (!Number.isNaN(times[event] ?? Number.NaN)) dated++;
  });
  return dated;
}

function timesOf({ times }: Interactions): Float64Array {
  if (!times?.some((time) => !Number.isNaN(time)))
    throw new StudioError('bad-config', 'A split by time needs the times of events');
  return times;
}

interface LookAhead {
  samePerson: number;
  anyone: number;
}

/**
 * How far a split lets a model look ahead: the share of dated test events before which the model has already seen
 * something later, of the same person and of anyone. 0 where either part has no times.
 */
export function lookAhead(train: Interactions, test: Interactions): LookAhead {
  return atOnce(lookAheadInParts(train, test));
}

/** The same for millions of events while others want to be heard. */
export function* lookAheadInParts(train: Interactions, test: Interactions): Parts<LookAhead> {
  if (!train.times || !test.times) return { samePerson: 0, anyone: 0 };
  const latestOwn = yield* stretch(latestTimes(train), 0, 0.5);
  const latestOfAll = latestOwn.reduce((most, time) => (time > most ? time : most), -Infinity);
  const { starts, times } = test;
  let dated = 0;
  let samePerson = 0;
  let anyone = 0;
  const count = inRowRanges(starts, (from, to) => {
    for (let user = from; user < to; user++) {
      const own = latestOwn[user] ?? -Infinity;
      const end = starts[user + 1] ?? 0;
      for (let event = starts[user] ?? 0; event < end; event++) {
        const time = times[event] ?? Number.NaN;
        if (Number.isNaN(time)) continue;
        dated++;
        if (own > time) samePerson++;
        if (latestOfAll > time) anyone++;
      }
    }
  });
  yield* stretch(count, 0.5, 1);
  return { samePerson: dated && samePerson / dated, anyone: dated && anyone / dated };
}

/** Of each person's events; −∞ without a dated one. [users] */
function* latestTimes({ users, starts, times }: Interactions): Parts<Float64Array> {
  const latestOf = new Float64Array(users).fill(-Infinity);
  yield* inRowRanges(starts, (from, to) => {
    for (let user = from; user < to; user++) {
      let most = -Infinity;
      const end = starts[user + 1] ?? 0;
      for (let event = starts[user] ?? 0; event < end; event++) {
        const time = times?.[event] ?? Number.NaN;
        if (time > most) most = time;
      }
      latestOf[user] = most;
    }
  });
  return latestOf;
}
