/** What models share whose score is a sum over what a person has: Σ over their items of value × weight. */
import type { ScorePart, ScoreReasons } from './recommender.ts';

/** Largest first by size; those of 0 say nothing. */
export function exactReasons(parts: ScorePart[]): ScoreReasons {
  return { parts: sortParts(parts), isExact: true };
}

function sortParts(parts: ScorePart[]): ScorePart[] {
  return parts
    .filter(({ amount }) => amount !== 0)
    .sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount) || a.index - b.index);
}

/** The `count` items of the highest similarity, best first, ties to the lower; never the item itself. */
export function mostSimilar(
  item: number,
  count: number,
  items: number,
  similarity: (other: number) => number,
): { item: number; similarity: number }[] {
  return Array.from({ length: items }, (_, other) => ({
    item: other,
    similarity: similarity(other),
  }))
    .filter((candidate) => candidate.item !== item && Number.isFinite(candidate.similarity))
    .sort((a, b) => b.similarity - a.similarity || a.item - b.item)
    .slice(0, count);
}

/** Cosine of rows of [items, width]; 0 where one is all zeros. */
function cosineOfRows(values: Float32Array, width: number, a: number, b: number): number {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let f = 0; f < width; f++) {
    const x = values[a * width + f] ?? 0;
    const y = values[b * width + f] ?? 0;
    dot += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return dot === 0 ? 0 : dot / Math.sqrt(squaresA * squaresB);
}

/** The product of a row of [rows, width] with a vector as wide. */
export function dotRow(values: Float32Array, row: number, vector: Float64Array): number {
  const width = vector.length;
  let at = row * width;
  let sum = 0;
  for (let f = 0; f < width; f++) sum += (values[at++] ?? 0) * (vector[f] ?? 0);
  return sum;
}

/** By the cosine of rows of [items, width]. */
export function similarRows(values: Float32Array, width: number, item: number, count: number) {
  return mostSimilar(item, count, values.length / width, (other) =>
    cosineOfRows(values, width, item, other),
  );
}
