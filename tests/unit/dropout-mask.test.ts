import { expect, test } from 'vitest';
import { dropoutMask, threefry } from '../../src/models/dropout-mask.ts';

/** The known answers that come with Random123 (kat_vectors: threefry2x32, 20 rounds). */
test.each([
  { counter: [0, 0], key: [0, 0], words: [0x6b200159, 0x99ba4efe] },
  {
    counter: [0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x1cb996fc, 0xbb002be7],
  },
  {
    counter: [0x243f6a88, 0x85a308d3],
    key: [0x13198a2e, 0x03707344],
    words: [0xc4923a9c, 0x483df7a0],
  },
])('threefry gives the known answers: $words', ({ counter, key, words }) => {
  const [c0 = 0, c1 = 0] = counter;
  const [k0 = 0, k1 = 0] = key;
  expect(threefry(k0, k1, c0, c1)).toEqual(words);
});

test('a mask drops the share that it should, and keeps the mean', () => {
  const count = 100_000;
  const mask = dropoutMask(123, 4, 0.3, count);
  const dropped = mask.filter((factor) => factor === 0).length / count;
  expect(Math.abs(dropped - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / count));
  const mean = mask.reduce((sum, factor) => sum + factor, 0) / count;
  expect(Math.abs(mean - 1)).toBeLessThan(0.01);
  expect(dropoutMask(123, 5, 0.3, 64)).not.toEqual(mask.slice(0, 64));
  for (const [from, to] of [
    [10, 31],
    [7, 8],
    [33, 40],
  ] as const)
    expect(dropoutMask(123, 4, 0.3, to - from, from)).toEqual(mask.slice(from, to));
});
