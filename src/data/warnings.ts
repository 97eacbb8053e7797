/** What about a table should make a person pause before training, by thresholds that stand here and nowhere else. */
import type { ColumnProfile, DataWarning } from './profile.ts';
import { columnInRole, targetOf, type Column, type DataSet } from './schema.ts';

const thresholds = {
  /** Share of missing cells from which a column is mostly missing. */
  missing: 0.5,
  /** Association from which a column all but is the target. */
  leak: 0.98,
  /** Share of distinct cells from which text is an identifier. */
  distinct: 0.95,
  /** Rows from which being distinct means something. */
  idRows: 20,
  /** How often the commonest class is the rarest. */
  imbalance: 10,
  /** Rows of a class that can be in train, validation and test alike. */
  classRows: 5,
  /** Most distinct integers that are taken for classes. */
  integerClasses: 20,
  rows: 50,
  rowsPerFeature: 5,
};

export function warningsOf(
  dataSet: DataSet,
  profiles: readonly ColumnProfile[],
  duplicates: number,
): DataWarning[] {
  const profileOf = new Map(profiles.map((profile) => [profile.name, profile]));
  // The value of events is no class, and may be one for all: their own profile says what is the matter with it.
  const target = columnInRole(dataSet, 'user') ? undefined : targetOf(dataSet);
  const targetProfile = target && profileOf.get(target.name);
  const features = dataSet.columns.filter(({ role }) => role === 'feature');
  return [
    ...(targetProfile ? targetWarnings(targetProfile) : []),
    ...tooFewRows(dataSet.rows, features.length),
    ...features.flatMap((column) => featureWarnings(column, profileOf.get(column.name))),
    ...dataSet.columns.flatMap(unread),
    ...(duplicates > 0 ? [{ type: 'duplicate-rows' as const, rows: duplicates }] : []),
  ];
}

function targetWarnings(target: ColumnProfile): DataWarning[] {
  const column = target.name;
  if (target.distinct === 0) return [{ type: 'unusable-target', column, reason: 'all-missing' }];
  if (target.distinct === 1) return [{ type: 'unusable-target', column, reason: 'one-class' }];
  const warnings: DataWarning[] = [];
  if (target.missing > 0) warnings.push({ type: 'missing-target', column, count: target.missing });
  if (!holdsClasses(target)) return warnings;
  const [commonest] = target.top;
  const rarest = target.top.at(-1);
  if (!commonest || !rarest) return warnings;
  if (commonest.count >= thresholds.imbalance * rarest.count)
    warnings.push({
      type: 'imbalance',
      column,
      rarest: rarest.value,
      share: rarest.count / (target.rows - target.missing),
    });
  if (rarest.count < thresholds.classRows)
    warnings.push({ type: 'rare-class', column, value: rarest.value, count: rarest.count });
  return warnings;
}

function holdsClasses({ type, distinct }: ColumnProfile): boolean {
  return (
    type === 'category' ||
    type === 'boolean' ||
    (type === 'integer' && distinct <= thresholds.integerClasses)
  );
}

function tooFewRows(rows: number, features: number): DataWarning[] {
  const needed = Math.max(thresholds.rows, thresholds.rowsPerFeature * features);
  return rows < needed ? [{ type: 'too-few-rows', rows, features }] : [];
}

function featureWarnings(column: Column, profile: ColumnProfile | undefined): DataWarning[] {
  if (!profile) return [];
  const { name, preparation } = column;
  const present = profile.rows - profile.missing;
  const warnings: DataWarning[] = [];
  if (profile.missing > thresholds.missing * profile.rows)
    warnings.push({ type: 'mostly-missing', column: name, share: profile.missing / profile.rows });
  if (profile.distinct <= 1)
    warnings.push({ type: 'constant', column: name, value: profile.top[0]?.value ?? '' });
  else if (isIdLike(profile, present))
    warnings.push({ type: 'id-like', column: name, distinct: profile.distinct });
  else if ((profile.association?.value ?? 0) >= thresholds.leak)
    warnings.push({
      type: 'leaks-target',
      column: name,
      association: profile.association?.value ?? 0,
    });
  if (profile.type === 'category' && profile.distinct > preparation.maxCategories)
    warnings.push({ type: 'many-categories', column: name, distinct: profile.distinct });
  const infinite = profile.numbers?.infinite ?? 0;
  if (infinite > 0) warnings.push({ type: 'infinite', column: name, count: infinite });
  return warnings;
}

/** Distinct text, or integers that count the rows. */
function isIdLike({ type, distinct, numbers }: ColumnProfile, present: number): boolean {
  if (present < thresholds.idRows) return false;
  if (type === 'integer' && numbers)
    return distinct === present && numbers.max - numbers.min < 1.1 * present;
  return type !== 'number' && type !== 'date' && distinct > thresholds.distinct * present;
}

function unread({ name, unread: cells }: Column): DataWarning[] {
  const [first] = cells?.examples ?? [];
  return cells && first
    ? [{ type: 'unread', column: name, count: cells.count, row: first.row, text: first.text }]
    : [];
}
