import fc from 'fast-check';
import { expect, test } from 'vitest';
import { precisionRecallCurve, rocCurve } from '../../../src/evaluate/curves.ts';
import type { Curve } from '../../../src/evaluate/evaluation.ts';
import { rank, rankAreas } from '../../../src/evaluate/metrics/ranking.ts';
import { Random } from '../../../src/lib/random.ts';

/** Rows of which a share is positive, whose scores say so more or less, tied on a grid of `levels`. */
const worlds = fc.record({
  seed: fc.integer(),
  rows: fc.integer({ min: 2, max: 3000 }),
  share: fc.constantFrom(0.01, 0.3, 0.5, 0.9),
  skill: fc.constantFrom(-1, 0, 0.5, 3),
  levels: fc.constantFrom(3, 50, 1e9),
});

test('however many the points, the curves keep at most 200 and their areas', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const ranking = rankingOf(world);
      const areas = rankAreas(ranking);
      const roc = rocCurve(ranking, 'yes');
      expect(roc === null).toBe(Number.isNaN(areas.roc));
      if (roc) {
        expect(roc.x.length).toBeLessThanOrEqual(200);
        expect(trapezoids(roc)).toBeCloseTo(areas.roc, 9);
        expect([roc.x[0], roc.y[0], roc.x.at(-1), roc.y.at(-1)]).toEqual([0, 0, 1, 1]);
        expect(rises(roc.x) && rises(roc.y)).toBe(true);
      }
      const pr = precisionRecallCurve(ranking, 'yes');
      expect(pr === null).toBe(Number.isNaN(areas.precision));
      if (pr) {
        expect(pr.x.length).toBeLessThanOrEqual(200);
        expect(steps(pr)).toBeCloseTo(areas.precision, 9);
        expect([pr.x[0], pr.x.at(-1)]).toEqual([0, 1]);
        expect(rises(pr.x)).toBe(true);
        expect(pr.y.every((y) => y > 0 && y <= 1 + 1e-12)).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

test('the curves of four rows are those worked by hand', () => {
  // scikit-learn's own example: y 0 0 1 1, scores .1 .4 .35 .8
  const ranking = rank(Float32Array.of(0.1, 0.4, 0.35, 0.8), (row) => row > 1, 4);
  expect(rocCurve(ranking, 'yes')).toEqual({
    label: 'yes',
    x: [0, 0, 0.5, 0.5, 1],
    y: [0, 0.5, 0.5, 1, 1],
  });
  expect(precisionRecallCurve(ranking, 'yes')).toEqual({
    label: 'yes',
    x: [0, 0.5, 1],
    y: [1, 1, 2 / 3],
  });
});

function rankingOf({
  seed,
  rows,
  share,
  skill,
  levels,
}: typeof worlds extends fc.Arbitrary<infer W> ? W : never) {
  const random = new Random(seed);
  const positive = Array.from({ length: rows }, () => random.uniform() < share);
  const scores = Float32Array.from(positive, (yes) => {
    const p = 1 / (1 + Math.exp(-(random.normal() + (yes ? skill : 0))));
    return Math.round(p * levels) / levels;
  });
  return rank(scores, (row) => positive[row] === true, rows);
}

function trapezoids({ x, y }: Curve): number {
  return sumOver(x, (i) => (diff(x, i) * ((y[i] ?? 0) + (y[i - 1] ?? 0))) / 2);
}

function steps({ x, y }: Curve): number {
  return sumOver(x, (i) => diff(x, i) * (y[i] ?? 0));
}

function sumOver(values: number[], term: (i: number) => number): number {
  return values.reduce((sum, _, i) => (i === 0 ? 0 : sum + term(i)), 0);
}

function rises(values: number[]): boolean {
  return values.every((_, i) => i === 0 || diff(values, i) >= -1e-12);
}

function diff(values: number[], i: number): number {
  return (values[i] ?? 0) - (values[i - 1] ?? 0);
}
