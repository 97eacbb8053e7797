/**
 * A dense layer is its definition, whatever share of its inputs is 0, and to the bit the same in pieces. With relaxed
 * SIMD: browser/dense-lists.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  anyForward,
  compute,
  computeForward,
  forwardJob,
  expectForward,
  expectSameBits,
} from '../support/any-dense.ts';

test('it is the definition', () => {
  fc.assert(fc.property(anyForward, expectForward), { numRuns: 200, seed: 5 });
});

test('in pieces it is the same, to the bit', () => {
  let most = 0;
  fc.assert(
    fc.property(anyForward, (one) => {
      const cut = computeForward(one, 1000);
      most = Math.max(most, cut.calls);
      expectSameBits(computeForward(one, Infinity), cut);
    }),
    { numRuns: 200, seed: 6 },
  );
  expect(most).toBe(4); // the kernel packed, and three times up to 96 rows
});

test('an input of 0 takes nothing of what is no number in the kernel', () => {
  const x = new Float32Array(2 * 24);
  x[1] = 2; // the first row's second input
  const kernel = new Float32Array(24 * 32).fill(1);
  kernel[0] = NaN; // of the first input
  const { found } = compute(forwardJob({ rows: 2, units: 32, width: 24 }, [x, kernel]));
  expect(found).toEqual(Float32Array.from(found, (_, i) => (i < 32 ? 2 : 0)));
});
