/** Rows that are alike in their target, so that each part of a split can get its share of them. */
import type { ColumnVector } from './schema.ts';
import { textAt } from './vector.ts';

/** Numbers with no more distinct values, each of several rows, are taken as the classes that they may be. */
const mostDiscrete = 20;
/** A bin of fewer rows can't be shared out. */
const leastBinRows = 10;

/**
 * A stratum a class. Of numbers a stratum a quantile bin (Lohr 2021, Sampling, ch. 3), since most numbers are of one
 * row alone and could be in one part alone; without `bins`, a stratum a number, as data sets of the first version
 * have it. Texts are one stratum.
 */
export function strataOf(rows: number[], target: ColumnVector, bins?: number): number[][] {
  if (target.kind === 'text') return [rows];
  if (target.kind === 'code' || bins === undefined || isDiscrete(rows, target.values))
    return groupBy(rows, (row) => textAt(target, row));
  return quantileBins(rows, target.values, bins);
}

function isDiscrete(rows: readonly number[], values: Float64Array): boolean {
  const counts = new Map<number | undefined, number>();
  for (const row of rows) {
    counts.set(values[row], (counts.get(values[row]) ?? 0) + 1);
    if (counts.size > mostDiscrete) return false;
  }
  return [...counts.values()].every((count) => count > 1);
}

function quantileBins(rows: readonly number[], values: Float64Array, bins: number): number[][] {
  const value = (row: number) => values[row] ?? 0;
  const sorted = Float64Array.from(rows).sort((a, b) => value(a) - value(b) || a - b);
  const count = Math.max(1, Math.min(bins, Math.floor(rows.length / leastBinRows)));
  const edge = (bin: number) => Math.round((bin * sorted.length) / count);
  return Array.from({ length: count }, (_, bin) => [...sorted.subarray(edge(bin), edge(bin + 1))]);
}

export function groupBy(rows: number[], key: (row: number) => string): number[][] {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const name = key(row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups.values()];
}
