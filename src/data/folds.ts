/** The folds of a cross-validation. Pure and seeded, as split.ts is. */
import { StudioError } from '../lib/errors.ts';
import { Random } from '../lib/random.ts';

export interface Fold {
  train: Uint32Array;
  test: Uint32Array;
}

/**
 * k-fold cross-validation of `rows`. With `classes` (a class index a row) folds are stratified, by
 * scikit-learn's rule: classes are numbered by first appearance, the sorted sequence is dealt out like
 * cards, and each fold takes its count of each class in row order.
 * @throws StudioError `bad-config` for fewer rows than folds.
 */
export function foldsOf(
  rows: Uint32Array,
  k: number,
  options: { classes?: Int32Array | undefined; shuffle: boolean; seed: number },
): Fold[] {
  if (!Number.isInteger(k) || k < 2)
    throw new StudioError('bad-config', `${k} folds: there must be at least 2`);
  if (rows.length < k)
    throw new StudioError('bad-config', `${rows.length} rows can't make ${k} folds`);
  const { classes } = options;
  const random = options.shuffle ? new Random(options.seed, 'folds') : null;
  const foldOf = classes
    ? stratifiedFolds(classes, k, random)
    : contiguousFolds(rows.length, k, random);
  return Array.from({ length: k }, (_, fold) => ({
    train: rows.filter((_row, i) => foldOf[i] !== fold),
    test: rows.filter((_row, i) => foldOf[i] === fold),
  }));
}

function contiguousFolds(n: number, k: number, random: Random | null): Int32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  random?.shuffle(order);
  const foldOf = new Int32Array(n);
  let at = 0;
  for (let fold = 0; fold < k; fold++) {
    const size = Math.floor(n / k) + (fold < n % k ? 1 : 0);
    for (const end = at + size; at < end; at++) foldOf[order[at] ?? 0] = fold;
  }
  return foldOf;
}

function stratifiedFolds(classes: Int32Array, k: number, random: Random | null): Int32Array {
  const numbers = new Map<number, number>();
  for (const value of classes) if (!numbers.has(value)) numbers.set(value, numbers.size);
  const encoded = classes.map((value) => numbers.get(value) ?? 0);
  const sorted = encoded.slice().sort();
  const allocation = Array.from({ length: k }, () => new Int32Array(numbers.size));
  sorted.forEach((value, i) => {
    const counts = allocation[i % k];
    if (counts) counts[value] = (counts[value] ?? 0) + 1;
  });
  const foldOf = new Int32Array(classes.length);
  for (let value = 0; value < numbers.size; value++) {
    const folds: number[] = [];
    allocation.forEach((counts, fold) => {
      for (let i = 0; i < (counts[value] ?? 0); i++) folds.push(fold);
    });
    random?.shuffle(folds);
    let next = 0;
    encoded.forEach((candidate, i) => {
      if (candidate === value) foldOf[i] = folds[next++] ?? 0;
    });
  }
  return foldOf;
}
