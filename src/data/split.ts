/** Which rows train, validate and test. Pure and seeded: the same data and spec give the same parts. */
import { StudioError } from '../lib/errors.ts';
import { Random } from '../lib/random.ts';
import {
  type ColumnSource,
  type ColumnVector,
  type Split,
  type SplitSpec,
  targetOf,
} from './schema.ts';
import { groupBy, strataOf } from './strata.ts';
import { isMissing, textAt } from './vector.ts';

/** Tenths of a target of numbers. */
const usualBins = 10;

/** How a table is split unless a person says otherwise. */
export const defaultSplit = {
  type: 'random',
  seed: 1,
  validation: 0.15,
  test: 0.2,
  stratify: true,
  bins: usualBins,
} satisfies SplitSpec;

/** As a split is asked for now: the first version's rule for numbers is only for data sets that have it. */
export function withBins(spec: SplitSpec): SplitSpec {
  if (spec.type !== 'random' || !spec.stratify) return spec;
  return { ...spec, bins: spec.bins ?? usualBins };
}

/** What the split looks at, beside the spec: the target to stratify by, and the spec's own column. */
export interface SplitColumns {
  target?: ColumnVector | undefined;
  column?: ColumnVector | undefined;
}

/** Reads what a split of this table looks at. */
export async function splitColumns(source: ColumnSource, spec: SplitSpec): Promise<SplitColumns> {
  const target = targetOf(source.dataSet);
  return {
    target: target && (await source.column(target.name)),
    ...('column' in spec && { column: await source.column(spec.column) }),
  };
}

/**
 * Splits `rows` rows. Rows whose target is missing are in no part.
 * @throws StudioError `bad-config` where no row is left to train on.
 */
export function splitRows(spec: SplitSpec, rows: number, columns: SplitColumns): Split {
  const { target } = columns;
  const usable: number[] = [];
  for (let row = 0; row < rows; row++) if (!target || !isMissing(target, row)) usable.push(row);
  const split = splitSome(spec, usable, columns);
  if (split.train.length === 0)
    throw new StudioError('bad-config', `The split leaves none of ${rows} rows to train on`);
  return split;
}

/** Splits these rows alone. */
export function splitSome(spec: SplitSpec, rows: ArrayLike<number>, columns: SplitColumns): Split {
  const { train, validation, test } = partsOf(spec, Array.from(rows), columns);
  return {
    train: Uint32Array.from(train).sort(),
    validation: Uint32Array.from(validation).sort(),
    test: Uint32Array.from(test).sort(),
  };
}

interface Parts {
  train: number[];
  validation: number[];
  test: number[];
}

function partsOf(spec: SplitSpec, usable: number[], { target, column }: SplitColumns): Parts {
  switch (spec.type) {
    case 'random': {
      const random = new Random(spec.seed, 'split');
      const strata = spec.stratify && target ? strataOf(usable, target, spec.bins) : [usable];
      return dealStrata(strata, spec, random);
    }
    case 'group':
      return dealGroups(groupBy(usable, keyOf(column, spec.column)), spec);
    case 'time':
      return dealByTime(usable, mustHave(column, spec.column), spec);
    case 'column':
      return dealByName(usable, keyOf(column, spec.column), spec);
    case 'per-user':
    case 'last-out': // recommend/read-interactions.ts
      throw new StudioError(
        'bad-config',
        'Only events are split by their users, not rows of a table',
      );
  }
}

/**
 * Deals each stratum in shuffled order. Parts are as large as the shares of the whole say, to a row: what
 * a stratum can't give exactly is settled by the largest remainders. A stratum of one row trains.
 */
function dealStrata(
  strata: number[][],
  shares: { validation: number; test: number },
  random: Random,
): Parts {
  const total = strata.reduce((sum, stratum) => sum + stratum.length, 0);
  const tests = apportion(strata, Math.round(total * shares.test), shares.test);
  const validations = apportion(strata, Math.round(total * shares.validation), shares.validation);
  const parts: Parts = { train: [], validation: [], test: [] };
  strata.forEach((stratum, i) => {
    const rows = random.shuffle([...stratum]);
    const test = Math.min(tests[i] ?? 0, rows.length - 1);
    const validation = Math.min(validations[i] ?? 0, rows.length - 1 - test);
    rows.forEach((row, at) => {
      const part = at < test ? 'test' : at < test + validation ? 'validation' : 'train';
      parts[part].push(row);
    });
  });
  return parts;
}

/** Hare's method: whole quotas first, then one each to the largest remainders. */
function apportion(strata: number[][], seats: number, share: number): number[] {
  const quotas = strata.map((stratum) => (stratum.length > 1 ? stratum.length * share : 0));
  const counts = quotas.map(Math.floor);
  const byRemainder = quotas
    .map((quota, i) => ({ i, remainder: quota - Math.floor(quota) }))
    .filter(({ remainder }) => remainder > 0)
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  let left = seats - counts.reduce((a, b) => a + b, 0);
  for (const { i } of byRemainder) {
    if (left-- <= 0) break;
    counts[i] = (counts[i] ?? 0) + 1;
  }
  return counts;
}

/** Whole groups only: in shuffled order, largest first, each to the part that lacks most of its share. */
function dealGroups(
  groups: number[][],
  spec: { seed: number; validation: number; test: number },
): Parts {
  const random = new Random(spec.seed, 'split');
  const order = random.shuffle(Array.from(groups.keys()));
  order.sort((a, b) => (groups[b]?.length ?? 0) - (groups[a]?.length ?? 0));
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  const parts: Parts = { train: [], validation: [], test: [] };
  const wanted = {
    train: total * (1 - spec.validation - spec.test),
    validation: total * spec.validation,
    test: total * spec.test,
  };
  const names = ['train', 'test', 'validation'] as const;
  for (const index of order) {
    const lack = (name: keyof Parts) => wanted[name] - parts[name].length;
    const neediest = names.reduce((best, name) => (lack(name) > lack(best) ? name : best));
    for (const row of groups[index] ?? []) parts[neediest].push(row);
  }
  return parts;
}

/** The latest rows test, those before them validate; rows of one moment stay together, undated rows train. */
function dealByTime(
  usable: number[],
  column: ColumnVector,
  shares: { validation: number; test: number },
): Parts {
  const time = timesOf(column);
  const undated = usable.filter((row) => Number.isNaN(time(row)));
  const dated = usable.filter((row) => !Number.isNaN(time(row))).sort((a, b) => time(a) - time(b));
  const cut = (share: number) => {
    let at = dated.length - Math.round(usable.length * share);
    at = Math.max(0, Math.min(dated.length, at));
    const moment = time(dated[at] ?? -1);
    while (at > 0 && at < dated.length && time(dated[at - 1] ?? -1) === moment) at--;
    return at;
  };
  const testFrom = shares.test > 0 ? cut(shares.test) : dated.length;
  const validationFrom = shares.validation > 0 ? cut(shares.test + shares.validation) : testFrom;
  return {
    train: [...dated.slice(0, validationFrom), ...undated],
    validation: dated.slice(validationFrom, testFrom),
    test: dated.slice(testFrom),
  };
}

/** When a row was; NaN where that isn't known. @throws StudioError `bad-config` for a column of text */
export function timesOf(column: ColumnVector): (row: number) => number {
  if (column.kind !== 'number')
    throw new StudioError('bad-config', 'A split by time needs a column of dates or numbers');
  return (row) => column.values[row] ?? Number.NaN;
}

function dealByName(
  usable: number[],
  key: (row: number) => string,
  names: { validation: string | null; test: string | null },
): Parts {
  const parts: Parts = { train: [], validation: [], test: [] };
  for (const row of usable) {
    const name = key(row);
    if (name === names.test) parts.test.push(row);
    else if (name === names.validation) parts.validation.push(row);
    else parts.train.push(row);
  }
  return parts;
}

function keyOf(column: ColumnVector | undefined, name: string): (row: number) => string {
  const vector = mustHave(column, name);
  return (row) => textAt(vector, row); // missing cells are one group, ''
}

/** @throws StudioError `bad-config` */
export function mustHave(column: ColumnVector | undefined, name: string): ColumnVector {
  if (!column) throw new StudioError('bad-config', `The split's column "${name}" isn't there`);
  return column;
}
