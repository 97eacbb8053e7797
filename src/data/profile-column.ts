/** One column in figures: counts, quantiles, histogram, most frequent values. */
import { quantile } from './fit-preparation.ts';
import { hashText, KeyCounts } from './hash-cells.ts';
import type { ColumnProfile, NumberSummary } from './profile.ts';
import type { ColumnType, ColumnVector } from './schema.ts';
import { sortedNumbers } from './sort-numbers.ts';
import { lengthOf } from './vector.ts';

const topValues = 50;

export function profileColumn(name: string, type: ColumnType, vector: ColumnVector): ColumnProfile {
  const rows = lengthOf(vector);
  switch (vector.kind) {
    case 'number': {
      const present = sortedNumbers(vector.values);
      const counts = countRuns(present);
      const numbers = summarise(present, type === 'integer');
      return {
        name,
        type,
        rows,
        missing: rows - present.length,
        distinct: counts.distinct,
        ...(numbers && { numbers }),
        top: counts.distinct <= topValues ? mostFrequent(counts.runs()) : [],
      };
    }
    case 'code': {
      const counts = new Uint32Array(vector.dictionary.length);
      let missing = 0;
      for (const code of vector.codes) {
        if (code < 0) missing++;
        else counts[code] = (counts[code] ?? 0) + 1;
      }
      const used = vector.dictionary
        .map((value, code) => ({ value, count: counts[code] ?? 0 }))
        .filter(({ count }) => count > 0);
      return { name, type, rows, missing, distinct: used.length, top: mostFrequent(used) };
    }
    case 'text': {
      const { values } = vector;
      const counts = new KeyCounts();
      let missing = 0;
      for (let row = 0; row < rows; row++) {
        const value = values[row] ?? null;
        if (value === null) missing++;
        else counts.add(hashText(value), row);
      }
      return { name, type, rows, missing, distinct: counts.size, top: topTexts(counts, values) };
    }
  }
}

function countRuns(sorted: Float64Array) {
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  const runs = () => {
    const found: { value: string; count: number }[] = [];
    let start = 0;
    for (let i = 1; i <= sorted.length; i++) {
      if (i < sorted.length && sorted[i] === sorted[start]) continue;
      found.push({ value: String(sorted[start]), count: i - start });
      start = i;
    }
    return found;
  };
  return { distinct, runs };
}

type Occurrence = ColumnProfile['top'][number];

function mostFrequent(values: Occurrence[]): Occurrence[] {
  return values.sort(byFrequency).slice(0, topValues);
}

/** Ties go to the smaller text, so that the list doesn't depend on the order of rows. */
function byFrequency(a: Occurrence, b: Occurrence): number {
  return b.count - a.count || (a.value < b.value ? -1 : 1);
}

/** As `mostFrequent`, of so many texts that they aren't listed first. */
function topTexts(counts: KeyCounts, values: readonly (string | null)[]): Occurrence[] {
  let top: Occurrence[] = [];
  let last: Occurrence | undefined; // of the top so far, once that is full
  counts.forEach((count, first) => {
    if (last && count < last.count) return;
    const found = { value: values[first] ?? '', count };
    if (last && byFrequency(found, last) > 0) return;
    top.push(found);
    if (top.length < 2 * topValues) return;
    top = mostFrequent(top);
    last = top.at(-1);
  });
  return mostFrequent(top);
}

function summarise(present: Float64Array, isInteger: boolean): NumberSummary | null {
  const sorted = withoutInfinities(present);
  if (sorted.length === 0) return null;
  let sum = 0;
  for (const value of sorted) sum += value;
  const mean = sum / sorted.length;
  let squares = 0;
  for (const value of sorted) squares += (value - mean) ** 2;
  const at = (share: number) => quantile(sorted, share);
  return {
    min: at(0),
    max: at(1),
    mean,
    standardDeviation: Math.sqrt(squares / Math.max(1, sorted.length - 1)),
    quantiles: [at(0.01), at(0.05), at(0.25), at(0.5), at(0.75), at(0.95), at(0.99)],
    infinite: present.length - sorted.length,
    histogram: histogramOf(sorted, isInteger),
  };
}

/** They stand at the ends of what is sorted. */
function withoutInfinities(sorted: Float64Array): Float64Array {
  let from = 0;
  let to = sorted.length;
  while (from < to && sorted[from] === -Infinity) from++;
  while (to > from && sorted[to - 1] === Infinity) to--;
  return sorted.subarray(from, to);
}

/** Freedman and Diaconis's bin width, held to 10–60 bins; few integers get a bin each. */
function histogramOf(sorted: Float64Array, isInteger: boolean): NumberSummary['histogram'] {
  const min = sorted[0] ?? 0;
  const max = sorted.at(-1) ?? 0;
  if (min === max) return { edges: [min - 0.5, min + 0.5], counts: [sorted.length] };
  const span = max - min;
  const isFewIntegers = isInteger && span < 60;
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(sorted.length);
  const wanted = width > 0 ? Math.ceil(span / width) : 60;
  const bins = isFewIntegers ? span + 1 : Math.min(60, Math.max(10, wanted));
  const from = isFewIntegers ? min - 0.5 : min;
  const step = isFewIntegers ? 1 : span / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) {
    const bin = Math.min(bins - 1, Math.floor((value - from) / step));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edges: Array.from({ length: bins + 1 }, (_, i) => from + i * step), counts };
}
