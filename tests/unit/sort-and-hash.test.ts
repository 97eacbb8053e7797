import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashText, KeyCounts, RowHashes } from '../../src/data/hash-cells.ts';
import { profileColumn } from '../../src/data/profile-column.ts';
import { sortedNumbers } from '../../src/data/sort-numbers.ts';
import { Random } from '../../src/lib/random.ts';

test("many numbers are sorted as the engine's own sort does, without NaN", () => {
  const special = [NaN, Infinity, -Infinity, 0, -0, 5e-324, -5e-324, 1.7976931348623157e308];
  const random = new Random(3);
  const next = () => random.uniform();
  const values = Float64Array.from({ length: 10_000 }, (_, i) =>
    i % 7 === 0
      ? (special[Math.floor(next() * special.length)] ?? 0)
      : (next() - 0.5) * 10 ** Math.floor(next() * 40 - 20),
  );
  const before = values.slice();
  const expected = values.filter((value) => !Number.isNaN(value)).sort();
  expect(sortedNumbers(values)).toEqual(expected);
  expect(values).toEqual(before);
});

test('numbers that share most of their digits are sorted, too', () => {
  const values = Float64Array.from({ length: 5000 }, (_, i) => (i * 7919) % 5000);
  expect(sortedNumbers(values)).toEqual(values.slice().sort());
  const subarray = sortedNumbers(new Float64Array([9, 3, NaN, 1, 2]).subarray(1));
  expect([...subarray]).toEqual([1, 2, 3]);
});

test('keys are counted as by a Map, with where they first came', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 3000 }), (texts) => {
      const counts = new KeyCounts();
      const expected = new Map<string, number>();
      for (const [at, text] of texts.entries()) {
        expected.set(text, (expected.get(text) ?? 0) + 1);
        expect(counts.add(hashText(text), at)).toBe(expected.get(text));
      }
      const found = new Map<string, number>();
      counts.forEach((count, first) => found.set(texts[first] ?? '', count));
      expect(found).toEqual(expected);
    }),
    { seed: 1, numRuns: 50 },
  );
});

test('a hundred thousand different texts have as many keys', () => {
  const keys = new Set<number>();
  for (let i = 0; i < 100_000; i++) keys.add(hashText(`row ${i}`));
  expect(keys.size).toBe(100_000);
});

test('rows repeat where they agree in every column, whatever its kind', () => {
  const hashes = new RowHashes(6);
  hashes.add({ kind: 'number', values: Float64Array.from([1, 1, NaN, NaN, 1, -1]) });
  hashes.add({ kind: 'code', codes: Int32Array.from([0, 0, -1, -1, 0, 0]), dictionary: ['a'] });
  hashes.add({ kind: 'text', values: ['x', 'x', null, null, 'y', 'x'] });
  expect([...hashes.repeated()]).toEqual([1, 3]);
});

test('the most frequent of many texts are found, ties going to the smaller text', () => {
  const random = new Random(5);
  const next = () => random.uniform();
  const values = Array.from({ length: 20_000 }, () => `t${Math.floor(next() ** 2 * 2000)}`);
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const expected = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, 50);
  const profile = profileColumn('t', 'text', { kind: 'text', values });
  expect(profile.top).toEqual(expected);
  expect(profile.distinct).toBe(counts.size);
});
