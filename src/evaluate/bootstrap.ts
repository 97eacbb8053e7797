/**
 * Percentile bootstrap intervals (Efron 1979): how far a figure moves when the rows are drawn again.
 * A resample is a count for each row, so that figures which need sorted rows sort them once.
 */
import { Random } from '../lib/random.ts';
import type { Metrics } from '../training/run.ts';

const resamples = 1000;
/** Fewer rows say nothing about how a figure varies. */
const fewestRows = 10;

export interface BootstrapPlan {
  /** Rows that are resampled, ascending; all of them unless that would take too long. */
  rows: Uint32Array;
  /** √(resampled / all): what an interval from fewer rows is narrowed by. */
  scale: number;
}

/**
 * Which rows to resample so that one walk over them, a thousand times, stays within a second or two.
 * Beyond that, a random part of m of the n rows is resampled and the deviations from the part's own
 * figure are scaled by √(m/n) (the m-out-of-n bootstrap: Bickel, Götze & van Zwet 1997).
 * @param walks how many passes over the rows a resample takes
 */
export function planBootstrap(
  rows: number,
  walks: number,
  seed: number,
  visits = 1e8,
): BootstrapPlan {
  const most = Math.min(50_000, Math.max(2_000, Math.floor(visits / resamples / walks)));
  if (rows <= most) return { rows: Uint32Array.from({ length: rows }, (_, i) => i), scale: 1 };
  const random = new Random(seed, 'bootstrap-rows');
  const chosen = new Uint32Array(most);
  // Selection sampling: Knuth, TAOCP 2, 3.4.2, algorithm S.
  for (let row = 0, taken = 0; taken < most; row++)
    if (random.integer(rows - row) < most - taken) chosen[taken++] = row;
  return { rows: chosen, scale: Math.sqrt(most / rows) };
}

/**
 * The 95 % interval of each figure; null where the rows are too few or most resamples leave it undefined.
 * @param values the figures on all rows
 * @param statistic the figures on the planned rows, each counted by its weight
 */
export function bootstrapIntervals(
  values: Metrics,
  { rows, scale }: BootstrapPlan,
  statistic: (weights: Uint16Array) => Metrics,
  seed: number,
): Record<string, [number, number] | null> {
  const names = Object.keys(values);
  if (rows.length < fewestRows) return Object.fromEntries(names.map((name) => [name, null]));
  const random = new Random(seed, 'bootstrap');
  const drawn = names.map(() => new Float64Array(resamples).fill(Number.NaN));
  const weights = new Uint16Array(rows.length);
  for (let b = 0; b < resamples; b++) {
    weights.fill(0);
    for (let i = 0; i < rows.length; i++) {
      const row = random.integer(rows.length);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    const figures = statistic(weights);
    names.forEach((name, m) => {
      const draws = drawn[m];
      if (draws) draws[b] = figures[name] ?? Number.NaN;
    });
  }
  const centre = scale === 1 ? {} : statistic(weights.fill(1));
  return Object.fromEntries(
    names.map((name, m) => {
      const defined = (drawn[m] ?? new Float64Array()).filter((draw) => !Number.isNaN(draw)).sort();
      if (defined.length < resamples / 2) return [name, null];
      const value = values[name] ?? Number.NaN;
      const own = centre[name] ?? value;
      const at = (share: number) =>
        scale === 1
          ? quantile(defined, share)
          : withinRange(name, value + scale * (quantile(defined, share) - own));
      return [name, [at(0.025), at(0.975)]];
    }),
  );
}

/** Linear between neighbours (Hyndman & Fan's type 7, numpy's default). */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (place - below);
}

/** A scaled deviation may step past what the figure can be. */
function withinRange(name: string, value: number): number {
  const unbounded = ['logLoss', 'mae', 'rmse', 'medianAbsoluteError', 'mape'].includes(name);
  const highest = name === 'brier' ? 2 : unbounded ? Infinity : 1;
  const lowest = name === 'r2' ? -Infinity : name === 'mcc' ? -1 : 0;
  return Math.min(Math.max(value, lowest), highest);
}
