/** The folds of a cross-validation. Pure and seeded, as split.ts is. */
import { StudioError } from '../lib/errors.ts';
import { Random } from '../lib/random.ts';
import type { ColumnVector } from './schema.ts';
import { timesOf } from './split.ts';
import { groupBy } from './strata.ts';
import { textAt } from './vector.ts';

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
  mustMake(rows.length, k, 'rows');
  const { classes } = options;
  const random = options.shuffle ? new Random(options.seed, 'folds') : null;
  const foldOf = classes
    ? stratifiedFolds(classes, k, random)
    : contiguousFolds(rows.length, k, random);
  return complements(rows, k, foldOf);
}

/**
 * Each group in one fold, as scikit-learn's GroupKFold: largest first, each to the fold with the fewest rows.
 * @param shuffle groups of one size in seeded order, else in that of their first rows
 * @throws StudioError `bad-config` for fewer groups than folds
 */
export function groupFolds(
  rows: Uint32Array,
  k: number,
  column: ColumnVector,
  { shuffle, seed }: { shuffle: boolean; seed: number },
): Fold[] {
  const groups = groupBy([...rows], (row) => textAt(column, row));
  mustMake(groups.length, k, 'groups');
  const order = Array.from(groups.keys());
  if (shuffle) new Random(seed, 'folds').shuffle(order);
  order.sort((a, b) => (groups[b]?.length ?? 0) - (groups[a]?.length ?? 0));
  const sizes = new Array<number>(k).fill(0);
  const foldOfRow = new Map<number, number>();
  for (const index of order) {
    const group = groups[index] ?? [];
    const lightest = sizes.indexOf(Math.min(...sizes));
    sizes[lightest] = (sizes[lightest] ?? 0) + group.length;
    for (const row of group) foldOfRow.set(row, lightest);
  }
  const foldOf = Int32Array.from(rows, (row) => foldOfRow.get(row) ?? 0);
  return complements(rows, k, foldOf);
}

/**
 * Forward chaining, as scikit-learn's TimeSeriesSplit: each fold tests a stretch of time and trains on all that was
 * before it, so that the first stretch is never tested. Rows of one moment stay together, undated rows train.
 * @throws StudioError `bad-config` for fewer moments than that takes
 */
export function timeFolds(rows: Uint32Array, k: number, column: ColumnVector): Fold[] {
  const time = timesOf(column);
  const undated = rows.filter((row) => Number.isNaN(time(row)));
  const dated = [...rows.filter((row) => !Number.isNaN(time(row)))].sort(
    (a, b) => time(a) - time(b) || a - b,
  );
  mustMake(new Set(dated.map(time)).size - 1, k, 'later moments');
  const size = Math.floor(dated.length / (k + 1));
  const starts = Array.from({ length: k }, (_, fold) => {
    let at = dated.length - (k - fold) * size;
    while (at > 0 && time(dated[at - 1] ?? -1) === time(dated[at] ?? -1)) at--;
    return at;
  });
  return starts.map((from, fold) => {
    const test = dated.slice(from, starts[fold + 1] ?? dated.length);
    if (from === 0 || test.length === 0)
      throw new StudioError('bad-config', `Too many rows are of one moment to make ${k} folds`);
    return {
      train: Uint32Array.from([...dated.slice(0, from), ...undated]).sort(),
      test: Uint32Array.from(test).sort(),
    };
  });
}

function mustMake(count: number, k: number, what: string) {
  if (!Number.isInteger(k) || k < 2)
    throw new StudioError('bad-config', `${k} folds: there must be at least 2`);
  if (count < k) throw new StudioError('bad-config', `${count} ${what} can't make ${k} folds`);
}

function complements(rows: Uint32Array, k: number, foldOf: Int32Array): Fold[] {
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
