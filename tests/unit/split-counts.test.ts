import { expect, test } from 'vitest';
import { countSplit } from '../../src/data/split-counts.ts';
import { splitRows } from '../../src/data/split.ts';
import { vectorOf } from '../support/memory-source.ts';

test('a split is counted by part and by class; rows without a target are in no part', () => {
  const cells = Array.from({ length: 100 }, (_, i) => (i < 10 ? null : i < 40 ? 'rare' : 'common'));
  const target = vectorOf('category', cells);
  const spec = { type: 'random', seed: 1, validation: 0.1, test: 0.2, stratify: true } as const;
  const counts = countSplit(splitRows(spec, 100, { target }), 100, target);
  expect(counts).toEqual({
    train: 63,
    validation: 9,
    test: 18,
    leftOut: 10,
    classes: [
      { name: 'common', train: 42, validation: 6, test: 12 },
      { name: 'rare', train: 21, validation: 3, test: 6 },
    ],
  });
  const none = countSplit(splitRows(spec, 100, {}), 100, null);
  expect([none.leftOut, none.classes]).toEqual([0, []]);
});
