/** Dense layers that leave zeros out, by the kernels with relaxed SIMD; without: unit/dense-inputs, unit/dense-gradient. */
import fc from 'fast-check';
import { relaxed } from 'virtual:training-kernels';
import { expect, test } from 'vitest';
import { anyForward, anyGradient, expectForward, expectGradient } from '../support/any-dense.ts';

test('this browser has relaxed SIMD', () => {
  const code = Uint8Array.from(relaxed, (character) => character.charCodeAt(0));
  expect(WebAssembly.validate(code)).toBe(true);
});

test('a dense layer is its definition, whatever share of its inputs is 0', () => {
  fc.assert(fc.property(anyForward, expectForward), { numRuns: 60, seed: 7 });
});

test('so is the gradient of its kernel, whatever share of the inputs and slopes is 0', () => {
  fc.assert(fc.property(anyGradient, expectGradient), { numRuns: 60, seed: 7 });
});
