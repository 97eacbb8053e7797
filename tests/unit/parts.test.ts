import fc from 'fast-check';
import { expect, test } from 'vitest';
import { atOnce, inRanges, inRowRanges, sortInParts, stretch } from '../../src/lib/parts.ts';
import { Random } from '../../src/lib/random.ts';
import { selectInParts } from '../../src/lib/select.ts';

function rangesOf(work: (handle: (from: number, to: number) => void) => Generator<number>) {
  const ranges: [number, number][] = [];
  const shares = [...work((from, to) => ranges.push([from, to]))];
  return { ranges, shares };
}

test('ranges cover everything once and tell the share that is done', () => {
  const { ranges, shares } = rangesOf((handle) => inRanges(10, handle, 4));
  expect(ranges).toEqual([
    [0, 4],
    [4, 8],
    [8, 10],
  ]);
  expect(shares).toEqual([0.4, 0.8, 1]);
  expect(rangesOf((handle) => inRanges(0, handle, 4)).ranges).toEqual([]);
});

test('ranges of rows have about as many entries each, a long row is alone, empty ones are taken along', () => {
  const starts = Uint32Array.of(0, 2, 3, 3, 13, 14, 15, 16, 17);
  const { ranges } = rangesOf((handle) => inRowRanges(starts, handle, 4));
  expect(ranges).toEqual([
    [0, 3],
    [3, 4],
    [4, 8],
  ]);
});

test('work within other work tells its stretch of it, and gives what it finds', () => {
  function* work() {
    yield 0.5;
    yield 1;
    return 'found';
  }
  expect([...stretch(work(), 0.2, 0.4)]).toEqual([0.30000000000000004, 0.4]);
  expect(atOnce(stretch(work(), 0, 1))).toBe('found');
});

test.each([0, 1, 4095, 4096, 4097, 12_000, 40_000])(
  'sorting %d in parts is as the stable sort, also where much is equal',
  (count) => {
    const random = new Random(count, 'sort');
    const keys = Uint32Array.from({ length: count }, () => random.integer(count / 7));
    const compare = (a: number, b: number) => (keys[a] ?? 0) - (keys[b] ?? 0);
    const expected = Array.from(keys.keys()).sort(compare);
    const order = Uint32Array.from(keys.keys());
    const parts = [...sortInParts(order, compare)].length;
    expect([...order]).toEqual(expected);
    expect(parts).toBeGreaterThanOrEqual(count / 4096);
  },
);

const missing = Number.NaN;

test('selecting is as sorting, at every place of few', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: false }))),
      (list) => {
        const values = Float64Array.from(list);
        const sorted = values.filter((value) => !Number.isNaN(value)).sort();
        // Sorting puts −0 before 0; as numbers they are one, and + 0 makes them so.
        for (let place = -1; place <= sorted.length; place++)
          expect(atOnce(selectInParts(values, place)) + 0).toBe((sorted[place] ?? Infinity) + 0);
      },
    ),
    { examples: [[[0, -0]]] },
  );
});

test.each<[string, (random: Random, at: number) => number]>([
  ['spread evenly', (random) => random.uniform()],
  ['two far apart', (_, at) => (at % 2 === 0 ? 1e300 : -1)],
  ['nearly all in one bin', (random, at) => (at === 0 ? 1e15 : random.integer(1e6))],
  ['one number', () => 7],
  ['times with some missing', (random, at) => (at % 3 ? 1e12 + random.integer(1e9) : missing)],
  ['the smallest steps there are', (random) => Number.MIN_VALUE * random.integer(9)],
  ['beyond what is finite', (random, at) => [Infinity, -Infinity, random.normal()][at % 3] ?? 0],
])('selecting among many is as sorting them: %s', (_name, make) => {
  const random = new Random(3, 'select');
  const values = Float64Array.from({ length: 70_000 }, (_, at) => make(random, at));
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  for (const place of [0, 1, 123, sorted.length >> 1, sorted.length - 1])
    expect(atOnce(selectInParts(values, place))).toBe(sorted[place]);
});
