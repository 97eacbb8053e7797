/**
 * What a split does to figures: two quick methods, fitted and measured on the same events split at random and split by
 * time. A random split lets a model learn from what happened after its test (Meng et al., RecSys 2020; Ji et al., "A
 * Critical Study on Data Leakage in Recommender System Offline Evaluation", TOIS 2023).
 */
import { Breaks } from '../in-parts.ts';
import type { Interactions } from '../interactions.ts';
import { asEvents } from '../learned-parts.ts';
import { fitRecommender } from '../fit-recommender.ts';
import { method as itemKnn } from '../methods/item-knn/method.ts';
import { method as mostPopular } from '../methods/most-popular/method.ts';
import type { FitProgress, Recommender } from '../recommender.ts';
import { lookAheadInParts, splitInParts } from '../split-interactions.ts';
import { evaluateRanking } from './evaluate-ranking.ts';
import { meanInterval } from './intervals.ts';

export interface SplitFigures {
  split: 'random' | 'temporal';
  /** Test events, and the people whose they are. */
  events: number;
  people: number;
  /** Of those, who has nothing to learn from. */
  newcomers: number;
  /** Shares of test events before which training had already seen something later. */
  lookAhead: { samePerson: number; anyone: number };
  methods: {
    method: string;
    ndcgAt10: number;
    interval: [number, number] | null;
    recallAt10: number;
  }[];
}

const quick: readonly ((
  train: Interactions,
  seed: number,
  breathe: Breathe,
) => Promise<Recommender>)[] = [
  (train, seed, breathe) =>
    fitRecommender(mostPopular, train, mostPopular.defaults, { seed, breathe }),
  (train, seed, breathe) => fitRecommender(itemKnn, train, itemKnn.defaults, { seed, breathe }),
];

type Breathe = (progress: FitProgress) => Promise<void>;

/**
 * @param likedFrom of the data's `EventRules`
 * @param test share of all events that tests, the same under both splits
 * @param breathe told the share of all work done; throws to stop
 * @returns the random split's figures, then those of the split by time; without times only the first
 * @throws StudioError `out-of-memory` where there are too many items for the quick methods
 */
export async function compareSplits(
  interactions: Interactions,
  { test, seed, likedFrom }: { test: number; seed: number; likedFrom: number | null },
  breathe: (done: number) => Promise<void> = () => Promise.resolve(),
): Promise<SplitFigures[]> {
  const hasTimes = interactions.times?.some((time) => !Number.isNaN(time)) ?? false;
  const shares = { validation: 0, test };
  const specs = [
    { type: 'random', seed, ...shares } as const,
    ...(hasTimes ? [{ type: 'temporal', ...shares } as const] : []),
  ];
  const steps = specs.length * quick.length * 2;
  let step = 0;
  const within = (done: number) => breathe((step + done) / steps);
  const found: SplitFigures[] = [];
  for (const spec of specs) {
    const breaks = new Breaks(() => within(0));
    const all = await breaks.drive(splitInParts(interactions, spec));
    const parts = await breaks.drive(asEvents(all, likedFrom));
    const methods: SplitFigures['methods'] = [];
    let tested = new Uint32Array();
    for (const fit of quick) {
      const model = await fit(parts.train, seed, ({ done }) => within(done));
      step++;
      const ranking = await evaluateRanking(model, parts.train, parts.test, within, {
        seen: all.train,
        quality: null,
      });
      step++;
      tested = Uint32Array.from(ranking.users);
      methods.push({
        method: model.save().method,
        ndcgAt10: ranking.metrics.ndcgAt10,
        interval: meanInterval(ranking.perUser.ndcgAt10, seed),
        recallAt10: ranking.metrics.recallAt10,
      });
    }
    const { starts } = parts.train;
    found.push({
      split: spec.type,
      events: parts.test.indices.length,
      people: tested.length,
      newcomers: tested.filter((user) => starts[user] === starts[user + 1]).length,
      lookAhead: await breaks.drive(lookAheadInParts(parts.train, parts.test)),
      methods,
    });
  }
  return found;
}
