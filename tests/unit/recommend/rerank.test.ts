import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../../src/lib/random.ts';
import {
  firstEvents,
  freshnessOf,
  peopleSimilarity,
  popularityOf,
} from '../../../src/recommend/item-traits.ts';
import { rerank, type ItemSimilarity, type RerankJob } from '../../../src/recommend/rerank.ts';
import { fromMatrix } from '../../support/small-interactions.ts';
import { interactionsOf } from '../../support/tiny-tastes.ts';

const asIs = { diversity: 0, popularity: 0, freshness: 0 };

/** Cosines of vectors [items, width]: a measure with negative values too. */
function vectorSimilarity(values: Float32Array, width: number): ItemSimilarity {
  const rowOf = (item: number) => values.subarray(item * width, (item + 1) * width);
  const norms = Float64Array.from({ length: values.length / width }, (_, item) =>
    Math.hypot(...rowOf(item)),
  );
  return (a, b) => {
    let dot = 0;
    for (let k = 0; k < width; k++)
      dot += (values[a * width + k] ?? NaN) * (values[b * width + k] ?? NaN);
    return dot / ((norms[a] ?? NaN) * (norms[b] ?? NaN));
  };
}

function jobOf(items: number, seed: number): RerankJob {
  const random = new Random(seed);
  const draw = (count: number) => Float32Array.from({ length: count }, () => random.uniform());
  const vectors = draw(items * 3).map((x) => x - 0.5);
  return {
    scores: draw(items).map((x) => 10 * x - 3),
    seen: [],
    count: items,
    weights: asIs,
    traits: {
      popularity: draw(items),
      freshness: draw(items),
      similarity: vectorSimilarity(vectors, 3),
    },
  };
}

/** The definition, item by item, for a set chosen so far. */
function nextByDefinition(job: RerankJob, chosen: readonly number[]): number {
  const { scores, seen, weights, traits } = job;
  const eligible = [...scores.keys()].filter((item) => !Array.from(seen).includes(item));
  const unit = (values: number[]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return values.map((value) => (value - least) / (most > least ? most - least : 1));
  };
  const liked = unit(eligible.map((item) => scores[item] ?? NaN));
  const relevance = unit(
    eligible.map(
      (item, i) =>
        (liked[i] ?? NaN) +
        weights.popularity * (traits.popularity[item] ?? NaN) +
        weights.freshness * (traits.freshness[item] ?? NaN),
    ),
  );
  const marginals = eligible.map((item, i) => {
    if (chosen.includes(item)) return -Infinity;
    const likenesses = chosen.map((one) => traits.similarity?.(item, one) ?? NaN);
    const closest = chosen.length > 0 ? Math.max(...likenesses) : 0;
    return (1 - weights.diversity) * (relevance[i] ?? NaN) - weights.diversity * closest;
  });
  return eligible[marginals.indexOf(Math.max(...marginals))] ?? -1;
}

test('each item is the one that the definition of MMR chooses', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer(),
      fc.record({
        diversity: fc.constantFrom(0, 0.3, 0.5, 0.9, 1),
        popularity: fc.constantFrom(0, -1, 0.4),
        freshness: fc.constantFrom(0, 1, -0.2),
      }),
      (items, seed, weights) => {
        const job = { ...jobOf(items, seed), weights, seen: [2] };
        const list = [...rerank(job)];
        expect(list).toHaveLength(items > 2 ? items - 1 : items);
        list.forEach((item, place) => {
          expect(item).toBe(nextByDefinition(job, list.slice(0, place)));
        });
      },
    ),
    { numRuns: 200, seed: 5 },
  );
});

test('without weights the order is that of the scores, ties by number', () => {
  const job = { ...jobOf(6, 1), scores: Float32Array.of(1, 3, 3, 2, NaN, -Infinity), count: 10 };
  expect([...rerank(job)]).toEqual([1, 2, 3, 0]);
});

test('two copies of the best item are torn apart by diversity', () => {
  const vectors = Float32Array.of(1, 0, 1, 0, 0, 1);
  const job = { ...jobOf(3, 1), scores: Float32Array.of(1, 0.9, 0.1) };
  const traits = { ...job.traits, similarity: vectorSimilarity(vectors, 2) };
  expect([...rerank({ ...job, traits })]).toEqual([0, 1, 2]);
  const weights = { ...asIs, diversity: 0.5 };
  expect([...rerank({ ...job, traits, weights })]).toEqual([0, 2, 1]);
  // Nobody knows what is alike: the weight does nothing.
  expect([...rerank({ ...job, traits: { ...traits, similarity: null }, weights })]).toEqual([
    0, 1, 2,
  ]);
});

test('4,000 items with vectors of 32 numbers are ordered in 20 ms of processor time', () => {
  const random = new Random(3);
  const job = jobOf(4000, 3);
  const vectors = Float32Array.from({ length: 4000 * 32 }, () => random.normal());
  const similarity = vectorSimilarity(vectors, 32);
  const weights = { diversity: 0.4, popularity: -0.3, freshness: 0.2 };
  const run = () => rerank({ ...job, count: 20, weights, traits: { ...job.traits, similarity } });
  for (let i = 0; i < 5; i++) run();
  const before = process.cpuUsage(); // of this process alone: others may be busy
  for (let i = 0; i < 20; i++) run();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000 / 20).toBeLessThan(20);
});

test('traits: popularity by logarithm, freshness by rank, the first event of each item', () => {
  const interactions = interactionsOf(
    [
      [0, 0, 1, 30],
      [1, 0, 1, 10],
      [2, 0, 1, 20],
      [0, 1, 1],
      [1, 1, 1, 40],
    ],
    [3, 3],
  );
  const popularity = popularityOf(interactions);
  expect(popularity[0]).toBe(1);
  expect(popularity[1]).toBeCloseTo(Math.log(3) / Math.log(4), 6);
  expect(popularity[2]).toBe(0);
  expect(firstEvents(interactions)).toEqual(Float64Array.of(10, 40, NaN));
  expect(firstEvents(interactionsOf([[0, 0]], [1, 1]))).toBeNull();
  expect([...freshnessOf([1990, 2001, 1990, NaN, 2020])]).toEqual([
    expect.closeTo(1 / 6, 6),
    expect.closeTo(2 / 3, 6),
    expect.closeTo(1 / 6, 6),
    0.5,
    1,
  ]);
});

test('alike are items that the same people had, whatever the values', () => {
  const similarity = peopleSimilarity(
    fromMatrix([
      [5, 1, 0, 0],
      [1, 5, 0, 0],
      [3, 0, 2, 0],
      [4, 0, 0, 0],
    ]),
  );
  expect(similarity(0, 0)).toBeCloseTo(1, 12);
  expect(similarity(0, 1)).toBeCloseTo(2 / Math.sqrt(4 * 2), 12);
  expect(similarity(1, 0)).toBe(similarity(0, 1));
  expect(similarity(2, 0)).toBeCloseTo(1 / 2, 12);
  expect(similarity(1, 2)).toBe(0);
  expect(similarity(3, 0)).toBe(0);
});
