/** What another order of the lists costs and brings, measured on some of those whose later events are known. */
import type { AskedRecommender } from '../../src/recommend/asked-recommender.ts';
import { Pace } from '../../src/recommend/pace.ts';
import { listMetrics } from '../../src/recommend/ranking/list-metrics.ts';
import { catalogueUse, ListQuality } from '../../src/recommend/ranking/list-quality.ts';
import { noItem } from '../../src/recommend/ranking/top-items.ts';
import type { RerankWeights } from '../../src/rpc/recommend-contract.ts';
import type { ListFigures, RerankEffect } from '../../src/rpc/recommend-preview-contract.ts';

const depth = 10;
const modelOrder: RerankWeights = { diversity: 0, popularity: 0, freshness: 0 };

interface Sample {
  users: number[];
  tested: number;
  quality: ListQuality;
  /** Of the model's own order; worked out once. */
  before?: ListFigures;
}

const samples = new WeakMap<AskedRecommender, Sample>();

/**
 * @param breathe called every 20 ms or so; throws to stop
 * @param mostPeople as many as a slider may wait for
 * @returns null where nobody has anything in the test part
 */
export async function rerankEffect(
  asked: AskedRecommender,
  rerank: RerankWeights,
  breathe: () => Promise<void>,
  mostPeople = 200,
): Promise<RerankEffect | null> {
  let sample = samples.get(asked);
  if (!sample) samples.set(asked, (sample = await sampleOf(asked, mostPeople, breathe)));
  if (sample.users.length === 0) return null;
  sample.before ??= await figuresOf(asked, sample, modelOrder, breathe);
  return {
    people: sample.users.length,
    tested: sample.tested,
    before: sample.before,
    after: await figuresOf(asked, sample, rerank, breathe),
  };
}

/** Evenly by number, so that the same people are asked each time. */
async function sampleOf(
  asked: AskedRecommender,
  mostPeople: number,
  breathe: () => Promise<void>,
): Promise<Sample> {
  const tested = [...asked.table.users.keys()].filter((user) => asked.heldOut(user).size > 0);
  const count = Math.min(mostPeople, tested.length);
  const users = Array.from(
    { length: count },
    (_, i) => tested[Math.floor((i * tested.length) / count)] ?? 0,
  );
  const quality = await new Pace(breathe).drive(ListQuality.of(asked.known), undefined);
  return { users, tested: tested.length, quality };
}

async function figuresOf(
  asked: AskedRecommender,
  { users, quality }: Sample,
  rerank: RerankWeights,
  breathe: () => Promise<void>,
): Promise<ListFigures> {
  const pace = new Pace(breathe);
  const lists = new Uint32Array(users.length * depth).fill(noItem);
  const ndcg = new Mean();
  const diversity = new Mean();
  const novelty = new Mean();
  for (const [row, user] of users.entries()) {
    if (pace.isDue()) await pace.breathe(undefined);
    const list = lists.subarray(row * depth, (row + 1) * depth);
    asked
      .top(asked.tasteOf(user), depth, rerank, asked.seenBy(user), false) // as versions are measured
      .forEach(({ item }, place) => (list[place] = item));
    const relevant = Uint32Array.from(asked.heldOut(user)).sort();
    ndcg.add(listMetrics(list, relevant, depth).ndcg);
    diversity.add(quality.diversity(list, depth));
    novelty.add(quality.novelty(list, depth));
  }
  return {
    ndcgAt10: ndcg.value,
    coverageAt10: catalogueUse(lists, depth, depth, asked.measured.items).coverage,
    diversityAt10: diversity.value,
    noveltyAt10: novelty.value,
  };
}

/** Of what is a number. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number) {
    if (Number.isNaN(value)) return;
    this.#sum += value;
    this.#count++;
  }

  get value() {
    return this.#sum / this.#count;
  }
}
