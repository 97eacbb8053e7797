/** A figure, its interval and its baseline, side by side. */
import type { Metrics } from '../training/run.ts';
import type { MeasuredMetric } from './evaluation.ts';

/** A figure too large for a double (a squared 1e200) is as good as undefined, and left out. */
export function measured(
  values: Metrics,
  intervals: Record<string, [number, number] | null>,
  baseline: Metrics,
): Record<string, MeasuredMetric> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => Number.isFinite(value))
      .map(([name, value]) => {
        const interval = intervals[name];
        const beside = baseline[name];
        return [
          name,
          {
            value,
            interval: interval?.every(Number.isFinite) ? interval : null,
            baseline: Number.isFinite(beside) ? (beside ?? null) : null,
          },
        ];
      }),
  );
}
