/** One column in figures: counts, quantiles, histogram, most frequent values. */
import { quantile } from './fit-preparation.ts';
import type { ColumnProfile, NumberSummary } from './profile.ts';
import type { ColumnType, ColumnVector } from './schema.ts';
import { lengthOf } from './vector.ts';

const topValues = 50;

export function profileColumn(name: string, type: ColumnType, vector: ColumnVector): ColumnProfile {
  const rows = lengthOf(vector);
  switch (vector.kind) {
    case 'number': {
      const { values } = vector;
      const present = values.filter((value) => !Number.isNaN(value)).sort();
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
      const counts = new Map<string, number>();
      let missing = 0;
      for (const value of vector.values) {
        if (value === null) missing++;
        else counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const top = [...counts].map(([value, count]) => ({ value, count }));
      return { name, type, rows, missing, distinct: counts.size, top: mostFrequent(top) };
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

/** Ties go to the smaller text, so that the list doesn't depend on the order of rows. */
function mostFrequent(values: { value: string; count: number }[]) {
  return values
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, topValues);
}

function summarise(present: Float64Array, isInteger: boolean): NumberSummary | null {
  const sorted = present.filter(Number.isFinite); // stays ascending
  if (sorted.length === 0) return null;
  const mean = sorted.reduce((sum, x) => sum + x, 0) / sorted.length;
  const squares = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0);
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
