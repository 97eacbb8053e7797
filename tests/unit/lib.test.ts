import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, digestOf, sha256 } from '../../src/lib/digest.ts';
import { errorCodes, reviveError, StudioError } from '../../src/lib/errors.ts';
import { Random } from '../../src/lib/random.ts';

test('sha256 agrees with the NIST example for "abc"', async () => {
  expect(await sha256(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('canonical JSON does not depend on the order of keys and reads back as the same value', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[{"d":1}]}');
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a different value has a different digest', async () => {
  expect(await digestOf({ a: 1 })).not.toBe(await digestOf({ a: 2 }));
  expect(await digestOf({ a: 1, b: 2 })).toBe(await digestOf({ b: 2, a: 1 }));
});

test('the same seed and stream draw the same numbers; another seed or stream draws others', () => {
  const draw = (seed: number, stream: string) => {
    const random = new Random(seed, stream);
    return Array.from({ length: 5 }, () => random.uniform());
  };
  expect(draw(7, 'split')).toEqual(draw(7, 'split'));
  expect(draw(7, 'split')).not.toEqual(draw(8, 'split'));
  expect(draw(7, 'split')).not.toEqual(draw(7, 'weights'));
});

test('a restored generator draws what the saved one would have drawn', () => {
  const random = new Random(3);
  random.normal();
  const restored = Random.restore(random.save());
  expect(Array.from({ length: 20 }, () => restored.uniform())).toEqual(
    Array.from({ length: 20 }, () => random.uniform()),
  );
});

test('uniform numbers fill ten bins evenly (chi-square, 9 degrees of freedom, p > 0.001)', () => {
  const random = new Random(11);
  const bins = new Array<number>(10).fill(0);
  const n = 100_000;
  for (let i = 0; i < n; i++) {
    const bin = random.integer(10);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const chiSquare = bins.reduce((sum, count) => sum + (count - n / 10) ** 2 / (n / 10), 0);
  expect(chiSquare).toBeLessThan(27.88);
});

test('normal numbers have mean 0, variance 1 and the right tails', () => {
  const random = new Random(5);
  const n = 100_000;
  const values = Array.from({ length: n }, () => random.normal());
  const mean = values.reduce((a, b) => a + b) / n;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
  expect(Math.abs(mean)).toBeLessThan(0.015);
  expect(Math.abs(variance - 1)).toBeLessThan(0.02);
  expect(values.filter((v) => Math.abs(v) > 1.96).length / n).toBeCloseTo(0.05, 2);
});

test('shuffling gives every order of three items equally often', () => {
  const random = new Random(2);
  const seen = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = random.shuffle([0, 1, 2]).join('');
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  expect(seen.size).toBe(6);
  for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
});

test('every code survives the way through a worker, which keeps only name, message and stack', () => {
  for (const code of errorCodes) {
    const thrown = new StudioError(code, 'column "age": row 17 is "n/a", not a number');
    const arrived = Object.assign(new Error(thrown.message), { name: thrown.name });
    expect(reviveError(arrived)).toMatchObject({ code, message: thrown.message });
  }
});

test('foreign errors become codes that the interface knows', () => {
  const named = (name: string) => Object.assign(new Error('x'), { name });
  expect(reviveError(named('QuotaExceededError')).code).toBe('storage-full');
  expect(reviveError(named('AbortError')).code).toBe('cancelled');
  expect(reviveError(named('TypeError')).code).toBe('internal');
  expect(reviveError('text').message).toBe('text');
});
