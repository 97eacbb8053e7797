/**
 * Items as vectors of what is known of them: categories and words by TF-IDF (Salton and Buckley 1988), what texts mean
 * by embeddings, and standardised numbers. A part that says nothing of an item (no text, say) leaves it to the others.
 */
import type { Embeddings, ItemFeatures } from '../../item-features.ts';
import { centredEmbeddings } from './centred-embeddings.ts';
import type { FeatureRow } from '../../read-facts.ts';
import { wordsOf } from '../../words.ts';

/** Compressed sparse rows and dense ones; both of an item together of length 1, or all 0 where nothing is known of it. */
export interface ItemVectors {
  /** [items + 1] */
  starts: Uint32Array;
  /** [entries]: features' numbers, ascending in a row. */
  indices: Uint32Array;
  /** [entries] */
  values: Float32Array;
  /** One a sparse feature: categories, words, numbers. */
  names: string[];
  /** Where texts are known by what they mean. */
  dense: Embeddings | null;
}

export interface FittedVectors extends ItemVectors {
  /** What it takes to make such a row of something that came later. */
  scale: FeatureScale;
}

/** Features by part: categories, then words, then numbers. */
export interface FeatureScale {
  /** [features]: inverse frequencies of categories and words. */
  idf: Float64Array;
  categories: number;
  words: number;
  numbers: number;
}

/** How much each part counts; 0 leaves it out. */
export interface PartWeights {
  categories: number;
  /** Of texts: their words or, where there are embeddings, those. */
  words: number;
  numbers: number;
}

export interface WordLimits {
  /** Words of fewer items link nothing. */
  leastItems: number;
  /** Those of most items stay. */
  mostWords: number;
}

/** Of one item: features' numbers and values, in any order. */
type Row = [feature: number, value: number][];

/** Items between two breaks. */
const itemsInPart = 500;

/** In parts, so that a worker can hear what it is told. */
export function* itemVectors(
  { items, categories, texts, embeddings, numbers }: ItemFeatures,
  weights: PartWeights,
  limits: WordLimits,
): Generator<unknown, FittedVectors, undefined> {
  const names: string[] = [];
  const scale: FeatureScale = { idf: new Float64Array(0), categories: 0, words: 0, numbers: 0 };
  const parts: { weight: number; row: (item: number) => Row }[] = [];
  /** @param counts of each item: how often it has which of the part's features */
  const addCounted = (weight: number, part: string[], counts: readonly Map<number, number>[]) => {
    const idf = inverseFrequencies(counts, part.length);
    const first = names.length;
    names.push(...part);
    const before = scale.idf;
    scale.idf = new Float64Array(before.length + idf.length);
    scale.idf.set(before);
    scale.idf.set(idf, before.length);
    parts.push({ weight, row: (item) => countedRow(counts[item] ?? new Map(), first, scale.idf) });
  };
  if (categories && weights.categories > 0) {
    scale.categories = categories.names.length;
    addCounted(weights.categories, [...categories.names], categoryCounts(items, categories));
  }
  if (texts && !embeddings && weights.words > 0) {
    const { words, counts } = yield* wordCounts(texts, limits);
    scale.words = words.length;
    addCounted(weights.words, words, counts);
  }
  if (numbers && weights.numbers > 0) {
    const first = names.length;
    const width = numbers.names.length;
    names.push(...numbers.names);
    scale.numbers = width;
    parts.push({
      weight: weights.numbers,
      row: (item) => numberRow(numbers.values.subarray(item * width, (item + 1) * width), first),
    });
  }
  const dense = embeddings && weights.words > 0 ? centredEmbeddings(embeddings) : null;
  const rows: Row[] = [];
  for (let item = 0; item < items; item++) {
    if (item % itemsInPart === 0) yield;
    const row = parts.flatMap(({ weight, row: own }) =>
      own(item).map(([feature, value]): [number, number] => [feature, weight * value]),
    );
    const meaning = dense?.values.subarray(item * dense.width, (item + 1) * dense.width);
    const length = Math.hypot(lengthOf(row), weights.words * Math.hypot(...(meaning ?? [])));
    meaning?.forEach(
      (value, k) => (meaning[k] = length > 0 ? (weights.words * value) / length : 0),
    );
    rows.push(length > 0 ? dividedBy(length, row).sort(([a], [b]) => a - b) : []);
  }
  yield;
  return { ...joined(rows), names, dense, scale };
}

/**
 * The row of something that came later, as if it had been there, every part counting alike; empty where nothing is known
 * of it. Of texts by their words alone.
 */
export function vectorOf(
  { categories, text, numbers }: FeatureRow,
  scale: FeatureScale,
  names: readonly string[],
): [feature: number, value: number][] {
  const afterWords = scale.categories + scale.words;
  const counted = (found: readonly string[], from: number, to: number) => {
    const counts = new Map<number, number>();
    const part = names.slice(from, to);
    for (const name of found) {
      const place = part.indexOf(name);
      if (place >= 0) counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    return countedRow(counts, from, scale.idf);
  };
  const row = [
    ...counted([...new Set(categories)], 0, scale.categories),
    ...counted(wordsOf(text), scale.categories, afterWords),
    ...(scale.numbers > 0 ? numberRow(numbers, afterWords) : []),
  ];
  return toLength1(row);
}

/** @param idf of all features, `first` and those behind it being the part's */
function countedRow(counts: ReadonlyMap<number, number>, first: number, idf: Float64Array): Row {
  return toLength1(
    Array.from(counts, ([feature, count]): [number, number] => [
      first + feature,
      (1 + Math.log(count)) * (idf[first + feature] ?? 0),
    ]),
  );
}

/** Not brought to length 1, or an ordinary item would lie as far out as an odd one. */
function numberRow(numbers: ArrayLike<number>, first: number): Row {
  return Array.from(numbers, (value, i): [number, number] => [
    first + i,
    value / Math.sqrt(numbers.length),
  ]);
}

/** ln(items that have any / items that have it): 0 for what all have. */
function inverseFrequencies(counts: readonly Map<number, number>[], width: number): Float64Array {
  const having = new Float64Array(width);
  let some = 0;
  for (const own of counts) {
    if (own.size > 0) some++;
    for (const feature of own.keys()) having[feature] = (having[feature] ?? 0) + 1;
  }
  return having.map((count) => (count > 0 ? Math.log(some / count) : 0));
}

function categoryCounts(
  items: number,
  { starts, indices }: NonNullable<ItemFeatures['categories']>,
): Map<number, number>[] {
  return Array.from(
    { length: items },
    (_, item) =>
      new Map(Array.from(indices.subarray(starts[item], starts[item + 1]), (index) => [index, 1])),
  );
}

function* wordCounts(
  texts: readonly string[],
  { leastItems, mostWords }: WordLimits,
): Generator<unknown, { words: string[]; counts: Map<number, number>[] }, undefined> {
  const having = new Map<string, number>();
  const perItem: Map<string, number>[] = [];
  for (const [item, text] of texts.entries()) {
    if (item % itemsInPart === 0) yield;
    const counts = new Map<string, number>();
    for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const word of counts.keys()) having.set(word, (having.get(word) ?? 0) + 1);
    perItem.push(counts);
  }
  const words = [...having]
    .filter(([, count]) => count >= leastItems)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, mostWords)
    .map(([word]) => word);
  const places = new Map(words.map((word, i) => [word, i]));
  const counts: Map<number, number>[] = [];
  for (const [item, own] of perItem.entries()) {
    if (item % itemsInPart === 0) yield;
    const known = new Map<number, number>();
    for (const [word, count] of own) {
      const place = places.get(word);
      if (place !== undefined) known.set(place, count);
    }
    counts.push(known);
  }
  return { words, counts };
}

function toLength1(row: Row): Row {
  const length = lengthOf(row);
  return length > 0 ? dividedBy(length, row) : [];
}

function lengthOf(row: Row): number {
  return Math.hypot(...row.map(([, value]) => value));
}

function dividedBy(length: number, row: Row): Row {
  return row.map(([feature, value]) => [feature, value / length]);
}

function joined(rows: readonly Row[]) {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => {
    starts[i + 1] = (starts[i] ?? 0) + row.length;
  });
  const indices = new Uint32Array(starts.at(-1) ?? 0);
  const values = new Float32Array(indices.length);
  let at = 0;
  for (const row of rows)
    for (const [feature, value] of row) {
      indices[at] = feature;
      values[at++] = value;
    }
  return { starts, indices, values };
}
