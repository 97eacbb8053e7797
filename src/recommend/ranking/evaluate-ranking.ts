/**
 * Full ranking: for every person with something in the test part, all items that they have not had are ranked, and the
 * list is held against what they went on to have. No sampled negatives: those rank methods wrongly (Krichene & Rendle,
 * KDD 2020).
 */
import type { Parts } from '../../lib/parts.ts';
import { tasteOf, type Interactions, type Taste } from '../interactions.ts';
import { Pace } from '../pace.ts';
import type { Scorer } from '../recommender.ts';
import {
  cutoffs,
  listMetrics,
  rankingMetricKinds,
  rankingMetricName,
  type RankingMetricName,
} from './list-metrics.ts';
import { catalogueUse, ListQuality } from './list-quality.ts';
import { topItems } from './top-items.ts';

/** Places of the lists kept. */
export const listDepth = 20;
/** Of people × items: 48 MB, a fraction of what a model took to fit that scores many at a time. */
const scoresAtOnce = 12e6;

/** Means of novelty (bits) and intra-list diversity of ten places, NaN for who got too short a list. */
export type PerUserMetricName = RankingMetricName | 'noveltyAt10' | 'diversityAt10';

export interface RankingEvaluation {
  /** Who was ranked for: [ranked] user indices ascending. */
  users: Uint32Array;
  /** [ranked] each, in the order of `users`. */
  perUser: Record<PerUserMetricName, Float32Array>;
  /** [ranked, listDepth], best first, `noItem` where there are no more. */
  lists: Uint32Array;
  /** Means over people, and `coverageAt10` and `giniAt10`, which are of all lists together. */
  metrics: Record<PerUserMetricName | 'coverageAt10' | 'giniAt10', number>;
}

export interface RankingOptions {
  /** What is left out of the lists, where that is more than what is known. */
  seen?: Interactions;
  /** What novelty and diversity are measured by; null: not at all, they are NaN. Absent: made of what is known. */
  quality?: ListQuality | null;
}

/**
 * @param train what is known of people
 * @param breathe told the share done every 20 ms or so; throws to stop
 */
export async function evaluateRanking(
  model: Scorer,
  train: Interactions,
  test: Interactions,
  breathe: (done: number) => Promise<void> = () => Promise.resolve(),
  { seen = train, quality: given }: RankingOptions = {},
): Promise<RankingEvaluation> {
  const pace = new Pace(breathe);
  const users = peopleIn(test);
  const lists = new Uint32Array(users.length * listDepth);
  const { items } = model;
  // As many people at a time as a model that scores many takes.
  const most = model.scoreMany ? Math.max(1, Math.floor(scoresAtOnce / Math.max(1, items))) : 1;
  const batch = Math.min(most, users.length);
  const scores = new Float32Array(batch * items);
  const quality = given === undefined ? await pace.drive(ListQuality.of(train), 0) : given;
  const perUser = emptyPerUser(users.length);
  for (let row = 0; row < users.length; row++) {
    if (pace.isDue()) await pace.breathe(row / users.length);
    const user = users[row] ?? 0;
    const place = row % batch;
    if (place === 0) {
      const tastes = Array.from(users.subarray(row, row + batch), (one) => tasteOf(train, one));
      await pace.drive(scoreAll(model, tastes, scores), row / users.length);
    }
    const list = lists.subarray(row * listDepth, (row + 1) * listDepth);
    const own = scores.subarray(place * items, (place + 1) * items);
    topItems(own, tasteOf(seen, user).items, list);
    const relevant = tasteOf(test, user).items;
    for (const cutoff of cutoffs) {
      const found = listMetrics(list, relevant, cutoff);
      for (const kind of rankingMetricKinds)
        perUser[rankingMetricName(kind, cutoff)][row] = found[kind];
    }
    perUser.noveltyAt10[row] = quality?.novelty(list, 10) ?? Number.NaN;
    perUser.diversityAt10[row] = quality?.diversity(list, 10) ?? Number.NaN;
  }
  const { coverage, gini } = catalogueUse(lists, listDepth, 10, model.items);
  const metrics = { ...mapValues(perUser, mean), coverageAt10: coverage, giniAt10: gini };
  return { users, perUser, lists, metrics };
}

function* scoreAll(model: Scorer, tastes: readonly Taste[], out: Float32Array): Parts<void> {
  const [only] = tastes;
  if (model.scoreMany) yield* model.scoreMany(tastes, out);
  else if (only) model.score(only, out);
}

function peopleIn({ users, starts }: Interactions): Uint32Array {
  return Uint32Array.from({ length: users }, (_, user) => user).filter(
    (user) => (starts[user + 1] ?? 0) > (starts[user] ?? 0),
  );
}

function emptyPerUser(people: number): Record<PerUserMetricName, Float32Array> {
  const names = [
    ...cutoffs.flatMap((cutoff) =>
      rankingMetricKinds.map((kind) => rankingMetricName(kind, cutoff)),
    ),
    'noveltyAt10',
    'diversityAt10',
  ] as const;
  // `names` are all of them: fromEntries can't say so.
  return Object.fromEntries(names.map((name) => [name, new Float32Array(people)])) as Record<
    PerUserMetricName,
    Float32Array
  >;
}

function mapValues<Name extends string, From, To>(
  record: Record<Name, From>,
  change: (value: From) => To,
): Record<Name, To> {
  // The names stay: fromEntries can't say so.
  return Object.fromEntries(
    Object.entries<From>(record).map(([name, value]) => [name, change(value)]),
  ) as Record<Name, To>;
}

/** Of what is a number; NaN where nothing is. */
function mean(values: Float32Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
