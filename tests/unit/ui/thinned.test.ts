import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thinned } from '../../../src/ui/charts/thinned.ts';

const lineOf = (ys: readonly number[]) => ys.map((y, x) => ({ x, y }));

test('a line with few points is left as it is', () => {
  const line = lineOf([3, 1, 2]);
  expect(thinned(line, 4)).toBe(line);
});

test('of many points so many are left, in order: the ends, and what is highest and lowest', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 400 }),
      fc.integer({ min: 4, max: 60 }),
      (ys, most) => {
        const line = lineOf(ys);
        const left = thinned(line, most);
        expect(left.length).toBeLessThanOrEqual(Math.max(most, 0));
        expect(left.every(({ x, y }) => line[x]?.y === y)).toBe(true);
        expect(left.every(({ x }, i) => i === 0 || x > (left[i - 1]?.x ?? NaN))).toBe(true);
        expect([left[0], left.at(-1)]).toEqual([line[0], line.at(-1)]);
        expect(Math.max(...left.map(({ y }) => y))).toBe(Math.max(...ys));
        expect(Math.min(...left.map(({ y }) => y))).toBe(Math.min(...ys));
      },
    ),
  );
});

test('a spike of one epoch among a hundred thousand is not lost', () => {
  const ys = Array.from({ length: 100_000 }, (_, i) => 1 / (i + 1));
  ys[71_234] = 50;
  expect(thinned(lineOf(ys), 800)).toContainEqual({ x: 71_234, y: 50 });
});
