/** ROC and precision–recall curves, as few points as a plot needs. Not here: the areas (metrics/ranking.ts). */
import type { Curve } from './evaluation.ts';
import type { Ranking } from './metrics/ranking.ts';

const curvePoints = 200;

/**
 * x: false-positive rate, y: true-positive rate, from (0, 0) to (1, 1), joined by straight lines. A curve
 * of more points is cut along x + y into cells, each replaced by two points that keep the area under it.
 */
export function rocCurve(ranking: Ranking, label: string): Curve | null {
  const steps = thresholds(ranking);
  const positives = steps.positives.at(-1) ?? 0;
  const negatives = steps.negatives.at(-1) ?? 0;
  if (positives === 0 || negatives === 0) return null;
  const x = [0, ...steps.negatives.map((count) => count / negatives)];
  const y = [0, ...steps.positives.map((count) => count / positives)];
  return { label, ...thinMonotone(...withoutCollinear(x, y)) };
}

/**
 * x: recall, y: precision, drawn as steps: y holds from the point before up to x. The area under the steps
 * is the average precision; a curve of more points takes its mean over each of equal cells of recall.
 */
export function precisionRecallCurve(ranking: Ranking, label: string): Curve | null {
  const { positives, negatives } = thresholds(ranking);
  const all = positives.at(-1) ?? 0;
  if (all === 0) return null;
  const x: number[] = [];
  const y: number[] = [];
  positives.forEach((hits, i) => {
    if (hits === (positives[i - 1] ?? 0)) return; // recall stays: no width
    x.push(hits / all);
    y.push(hits / (hits + (negatives[i] ?? 0)));
  });
  const thinned = x.length < curvePoints ? { x, y } : thinSteps(x, y);
  return { label, x: [0, ...thinned.x], y: [thinned.y[0] ?? 0, ...thinned.y] };
}

/** How many of each kind score at or above each distinct score, best first. */
function thresholds({ positive, lastOfTie }: Ranking) {
  const positives: number[] = [];
  const negatives: number[] = [];
  let hits = 0;
  lastOfTie.forEach((last, place) => {
    hits += positive[place] ?? 0;
    if (last === 0) return;
    positives.push(hits);
    negatives.push(place + 1 - hits);
  });
  return { positives, negatives };
}

function withoutCollinear(x: number[], y: number[]): [number[], number[]] {
  const keep = x.map((_, i) => {
    if (i === 0 || i === x.length - 1) return true;
    const [dx, dy] = [at(x, i) - at(x, i - 1), at(y, i) - at(y, i - 1)];
    const [nextX, nextY] = [at(x, i + 1) - at(x, i), at(y, i + 1) - at(y, i)];
    return Math.abs(dx * nextY - dy * nextX) > 1e-12;
  });
  return [x.filter((_, i) => keep[i]), y.filter((_, i) => keep[i])];
}

/** Both rising from (0, 0) to (1, 1). In a cell any area between its corners is that of some point on its diagonal. */
function thinMonotone(x: number[], y: number[]): { x: number[]; y: number[] } {
  if (x.length <= curvePoints) return { x, y };
  const cells = curvePoints / 2 - 1;
  const thin = { x: [0], y: [0] };
  let [start, area] = [0, 0];
  for (let i = 1; i < x.length; i++) {
    area += ((at(x, i) - at(x, i - 1)) * (at(y, i) + at(y, i - 1))) / 2;
    const cell = Math.floor(((at(x, start) + at(y, start)) / 2) * cells);
    const next = Math.floor(((at(x, i) + at(y, i)) / 2) * cells);
    if (next === cell && i < x.length - 1) continue;
    const [width, height] = [at(x, i) - at(x, start), at(y, i) - at(y, start)];
    if (i - start > 1 && width > 0 && height > 0) {
      const rise = (area / width - at(y, start)) / height; // 1: along the upper corner, 0: the lower
      thin.x.push(at(x, start) + (1 - rise) * width);
      thin.y.push(at(y, start) + rise * height);
    }
    thin.x.push(at(x, i));
    thin.y.push(at(y, i));
    [start, area] = [i, 0];
  }
  return thin;
}

/** Steps of y over equal cells of x, each at the mean of what it replaces. */
function thinSteps(x: number[], y: number[]): { x: number[]; y: number[] } {
  const cells = curvePoints - 1;
  const thin: { x: number[]; y: number[] } = { x: [], y: [] };
  let i = 0;
  for (let cell = 1; cell <= cells; cell++) {
    const end = cell === cells ? at(x, x.length - 1) : cell / cells;
    let [area, from] = [0, (cell - 1) / cells];
    while (at(x, i) < end) {
      area += (at(x, i) - from) * at(y, i);
      from = at(x, i++);
    }
    area += (end - from) * at(y, i);
    thin.x.push(end);
    thin.y.push(area / (end - (cell - 1) / cells));
  }
  return thin;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
