/**
 * The gradient of a dense layer's kernel is its definition's, whatever share of the inputs and of the slopes is 0, and
 * to the bit the same of some inputs at a time. With relaxed SIMD: browser/dense-lists.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  anyGradient,
  compute,
  computeGradient,
  expectGradient,
  expectSameBits,
  gradientJob,
} from '../support/any-dense.ts';

test('it is the definition', () => {
  fc.assert(fc.property(anyGradient, expectGradient), { numRuns: 200, seed: 5 });
});

test('some inputs at a time give the same, to the bit', () => {
  let most = 0;
  fc.assert(
    fc.property(anyGradient, (one) => {
      const cut = computeGradient(one, 1);
      most = Math.max(most, cut.calls);
      expectSameBits(computeGradient(one, Infinity), cut);
    }),
    { numRuns: 200, seed: 6 },
  );
  expect(most).toBe(3);
});

test.each(['input', 'slope'])('an %s of 0 takes nothing of what is no number', (which) => {
  const sizes = { rows: 24, units: 32, width: 32 };
  const others = new Float32Array(24 * 32).fill(1);
  others[0] = NaN; // the first row's
  const zeros = new Float32Array(24 * 32);
  zeros[32] = 2; // the second row's first
  const inputs = which === 'input' ? [zeros, others] : [others, zeros];
  const { found } = compute(gradientJob(sizes, inputs));
  const isSummed = (i: number) => (which === 'input' ? i < 32 : i % 32 === 0);
  expect(found).toEqual(Float32Array.from(found, (_, i) => (isSummed(i) ? 2 : 0)));
});
