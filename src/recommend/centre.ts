/** Ratings as people mean them: by how far they are from a person's own mean. */
import { StudioError } from '../lib/errors.ts';
import { tasteOf, type Interactions } from './interactions.ts';

/** How rows or columns are held against each other. `adjusted-cosine` takes each person's mean off their values first. */
export const similarityKinds = ['cosine', 'adjusted-cosine'] as const;
export type SimilarityKind = (typeof similarityKinds)[number];

/** How neighbours' values become a score: `sum` ranks, `weighted-average` predicts a value. */
export const aggregates = ['sum', 'weighted-average'] as const;
type Aggregate = (typeof aggregates)[number];

export interface NeighbourSettings {
  neighbours: number;
  similarity: SimilarityKind;
  /** Added to the product of norms: draws similarities that rest on little towards 0. */
  shrinkage: number;
  aggregate: Aggregate;
}

/** NaN of none. */
export function meanOf(values: Float32Array): number {
  let sum = 0;
  // By index: an iterator takes a quarter of a second for ten million.
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

/**
 * The values that a similarity is computed from.
 * @throws StudioError `bad-config` where everyone's values are all equal: nothing of them would be left
 */
export function valuesFor(x: Interactions, similarity: SimilarityKind): Interactions {
  if (similarity === 'cosine') return x;
  const values = x.values.slice();
  for (let user = 0; user < x.users; user++) {
    const own = values.subarray(x.starts[user] ?? 0, x.starts[user + 1] ?? 0);
    const mean = meanOf(own);
    own.forEach((value, i) => {
      own[i] = value - mean;
    });
  }
  if (!values.some((value) => value !== 0))
    throw new StudioError(
      'bad-config',
      "Each person's values are all equal, so that adjusted cosine has nothing to compare: use cosine",
    );
  return { ...x, values };
}

/** Of each person, 0 of those without events. [users] */
export function meansByUser(x: Interactions): Float32Array {
  return Float32Array.from({ length: x.users }, (_, user) => {
    const { values } = tasteOf(x, user);
    return values.length ? meanOf(values) : 0;
  });
}
