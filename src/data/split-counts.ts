/** How many rows, and of each class how many, a split gives to train, validation and test. */
import type { ColumnVector, Split } from './schema.ts';
import { lengthOf, textAt } from './vector.ts';

export interface SplitCounts {
  train: number;
  validation: number;
  test: number;
  /** Rows in no part: their target is missing. */
  leftOut: number;
  /** By class of a target that has classes, the most frequent first; at most 12. */
  classes: { name: string; train: number; validation: number; test: number }[];
}

const shownClasses = 12;

/** @param rows of the whole table; @param target null before one is chosen */
export function countSplit(split: Split, rows: number, target: ColumnVector | null): SplitCounts {
  const { train, validation, test } = split;
  return {
    train: train.length,
    validation: validation.length,
    test: test.length,
    leftOut: rows - train.length - validation.length - test.length,
    classes: target?.kind === 'code' ? countClasses(split, target) : [],
  };
}

function countClasses(split: Split, target: ColumnVector): SplitCounts['classes'] {
  if (lengthOf(target) === 0) return [];
  const counts = new Map<string, SplitCounts['classes'][number]>();
  for (const part of ['train', 'validation', 'test'] as const)
    for (const row of split[part]) {
      const name = textAt(target, row);
      const count = counts.get(name) ?? { name, train: 0, validation: 0, test: 0 };
      count[part]++;
      counts.set(name, count);
    }
  const total = ({ train, validation, test }: SplitCounts['classes'][number]) =>
    train + validation + test;
  return [...counts.values()].sort((a, b) => total(b) - total(a)).slice(0, shownClasses);
}
