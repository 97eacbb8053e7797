import { expect, test } from 'vitest';
import { FactorNames } from '../../../src/recommend/factor-names.ts';
import { categoriesOf } from '../../support/tiny-tastes.ts';

/** [6, 2]: item 5 lies far out on both, and is mostly about the other factor. */
const vectors = { values: Float32Array.of(2, 0, 1, 0, -1, 0, -3, 0.1, 0, 0, 2, 9), width: 2 };

test('a factor is named by the items that are most about it, at either end', () => {
  const names = new FactorNames(vectors, null);
  expect(names.endsOf(0)).toEqual({
    high: { items: [0, 1, 5], category: null },
    low: { items: [3, 2], category: null },
  });
  expect(names.endsOf(0)).toBe(names.endsOf(0));
  expect(names.endsOf(1).low.items).toEqual([]);
  expect([0, 3, 5].map((item) => names.isHigh(0, item))).toEqual([true, false, true]);
});

test('and by the category that these have more often than all items', () => {
  const categories = categoriesOf([['a', 'b'], ['a', 'b'], ['a'], ['c', 'a'], ['a'], ['a']]);
  const { high, low } = new FactorNames(vectors, categories).endsOf(0);
  expect(high.category).toBe('b'); // 2 of 3 against 2 of 6; every item has a
  expect(low.category).toBe('c');
});
