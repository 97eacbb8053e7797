/**
 * The same wanted items ranked in two ways: among all items that the person hasn't had, and among a few random ones of
 * them. The second is what many reports do to save time; it is another figure and may order methods otherwise
 * (Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020). Here to show that, and for nothing else.
 */
import { Random } from '../../lib/random.ts';
import { tasteOf, type Interactions, type Taste } from '../interactions.ts';
import { Pace } from '../pace.ts';
import type { Scorer } from '../recommender.ts';
import { includesSorted } from './list-metrics.ts';

/** Means over people of the means over what each of them wanted, one wanted item at a time. */
interface PlaceFigures {
  /** 1/log2(place + 1) in the first ten places, else 0: NDCG where one item is relevant. */
  ndcgAt10: number;
  /** Share in the first ten places: hit rate, and recall too, where one item is relevant. */
  hitAt10: number;
}

export interface SampledComparison {
  people: number;
  full: PlaceFigures;
  sampled: PlaceFigures;
  /** [people] each, ascending by user. */
  perUser: { full: Float32Array; sampled: Float32Array };
}

export interface SamplingOptions {
  /** How many random items each wanted one is ranked against; all that there are where there are fewer. */
  negatives: number;
  /** The same seed draws the same items for every model of the same data. */
  seed: number;
  /** Of more people an even sample is taken. */
  mostPeople?: number;
  /** What is left out of what is ranked, where that is more than what is known. */
  seen?: Interactions;
}

const cutoff = 10;

/**
 * @param known what is known of people
 * @param breathe told the share done every 20 ms or so; throws to stop
 */
export async function compareSampling(
  model: Scorer,
  known: Interactions,
  test: Interactions,
  { negatives, seed, mostPeople = Infinity, seen = known }: SamplingOptions,
  breathe: (done: number) => Promise<void> = () => Promise.resolve(),
): Promise<SampledComparison> {
  const pace = new Pace(breathe);
  const users = peopleOf(test, mostPeople);
  const scores = new Float32Array(model.items);
  const perUser = {
    full: new Float32Array(users.length),
    sampled: new Float32Array(users.length),
  };
  const hits = { full: 0, sampled: 0 };
  for (let row = 0; row < users.length; row++) {
    if (pace.isDue()) await pace.breathe(row / users.length);
    const user = users[row] ?? 0;
    const taste = tasteOf(known, user);
    const wanted = tasteOf(test, user).items;
    const others = candidates(model.items, tasteOf(seen, user), wanted);
    const random = new Random(seed + user, 'sampled-metrics');
    model.score(taste, scores);
    for (const item of wanted) {
      const sample = drawWithout(random, others, negatives);
      for (const [way, among] of [['full', others] as const, ['sampled', sample] as const]) {
        const place = placeAmong(scores, item, among);
        perUser[way][row] = (perUser[way][row] ?? 0) + gainOf(place) / wanted.length;
        if (place <= cutoff) hits[way] += 1 / wanted.length;
      }
    }
  }
  const figures = (way: 'full' | 'sampled'): PlaceFigures => ({
    ndcgAt10: perUser[way].reduce((sum, value) => sum + value, 0) / users.length,
    hitAt10: hits[way] / users.length,
  });
  return { people: users.length, full: figures('full'), sampled: figures('sampled'), perUser };
}

/** 1 is the first place: how many of the others score higher, or as high with a lower number. NaN comes last. */
export function placeAmong(scores: Float32Array, item: number, others: Uint32Array): number {
  const own = scores[item] ?? Number.NaN;
  if (Number.isNaN(own)) return others.length + 1;
  let place = 1;
  for (const other of others) {
    const score = scores[other] ?? Number.NaN;
    if (score > own || (score === own && other < item)) place++;
  }
  return place;
}

function gainOf(place: number): number {
  return place <= cutoff ? 1 / Math.log2(place + 1) : 0;
}

/** What the person neither had nor went on to have. */
function candidates(items: number, { items: had }: Taste, wanted: Uint32Array): Uint32Array {
  return Uint32Array.from({ length: items }, (_, item) => item).filter(
    (item) => !includesSorted(had, item) && !includesSorted(wanted, item),
  );
}

/** The first `count` places of a shuffle; `from` is left in another order, which changes no draw's chances. */
function drawWithout(random: Random, from: Uint32Array, count: number): Uint32Array {
  const drawn = Math.min(count, from.length);
  for (let i = 0; i < drawn; i++) {
    const j = i + random.integer(from.length - i);
    const kept = from[i] ?? 0;
    from[i] = from[j] ?? 0;
    from[j] = kept;
  }
  return from.slice(0, drawn);
}

function peopleOf({ users, starts }: Interactions, most: number): Uint32Array {
  const people = Uint32Array.from({ length: users }, (_, user) => user).filter(
    (user) => (starts[user + 1] ?? 0) > (starts[user] ?? 0),
  );
  const every = Math.max(1, Math.ceil(people.length / most));
  return people.filter((_, i) => i % every === 0);
}

export interface SwappedPair {
  /** Places in the list of methods: the first is ahead among all items, the second against the sample. */
  better: number;
  worse: number;
}

/** Pairs of methods that come in another order against a sample; equal figures are no order. */
export function swappedPairs(full: readonly number[], sampled: readonly number[]): SwappedPair[] {
  return full.flatMap((ofBetter, better) =>
    full.flatMap((ofWorse, worse) =>
      ofBetter > ofWorse && (sampled[better] ?? 0) < (sampled[worse] ?? 0)
        ? [{ better, worse }]
        : [],
    ),
  );
}
