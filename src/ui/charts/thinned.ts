import type { LineSeries } from './line-series.ts';

type Points = LineSeries['points'];

/**
 * A line of at most so many points that looks as the whole: its ends, and of each stretch of it the lowest and the
 * highest, so that no spike is lost.
 * @param most at least 4
 */
export function thinned(points: Points, most: number): Points {
  const count = points.length;
  if (count <= most) return points;
  const stretches = (most - 2) >> 1;
  const kept = [points[0]];
  for (let i = 0; i < stretches; i++) {
    const from = 1 + Math.floor((i * (count - 2)) / stretches);
    const to = 1 + Math.floor(((i + 1) * (count - 2)) / stretches);
    let [low, high] = [from, from];
    for (let j = from + 1; j < to; j++) {
      const y = yOf(points, j);
      if (y < yOf(points, low)) low = j;
      else if (y > yOf(points, high)) high = j;
    }
    kept.push(points[Math.min(low, high)]);
    if (low !== high) kept.push(points[Math.max(low, high)]);
  }
  kept.push(points[count - 1]);
  return kept.filter((point) => point !== undefined);
}

const yOf = (points: Points, i: number) => points[i]?.y ?? NaN;
