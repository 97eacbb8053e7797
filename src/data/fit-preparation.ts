/** Fits each feature column's preparation on the train rows, and on nothing else. */
import { StudioError } from '../lib/errors.ts';
import { featureNamesOf, type FittedColumn, type FittedPreparation } from './preparation.ts';
import {
  storageKind,
  type Column,
  type ColumnSource,
  type ColumnVector,
  type MissingPlan,
  type Scaling,
} from './schema.ts';
import { isMissing, textAt } from './vector.ts';

const msPerDay = 86_400_000;

/** @throws StudioError `bad-config` where no column is a feature. */
export async function fitPreparation(
  source: ColumnSource,
  trainRows: Uint32Array,
): Promise<FittedPreparation> {
  const features = source.dataSet.columns.filter(({ role }) => role === 'feature');
  if (features.length === 0)
    throw new StudioError('bad-config', 'No column is a feature: there is nothing to learn from');
  const columns: FittedColumn[] = [];
  for (const column of features)
    columns.push(fitColumn(column, await source.column(column.name), trainRows));
  return { columns, featureNames: columns.flatMap(featureNamesOf) };
}

function fitColumn(column: Column, vector: ColumnVector, trainRows: Uint32Array): FittedColumn {
  return storageKind(column.type) === 'number' && vector.kind === 'number'
    ? fitNumeric(column, vector.values, trainRows)
    : fitOneHot(column, vector, trainRows);
}

function fitNumeric(column: Column, values: Float64Array, trainRows: Uint32Array): FittedColumn {
  const { missing, missingIndicator, scaling } = column.preparation;
  const finite = Float64Array.from(trainRows, (row) => values[row] ?? NaN)
    .filter(Number.isFinite)
    .sort();
  const { offset, divisor } = scaleOf(finite, scaling);
  return {
    encoder: 'numeric',
    column: column.name,
    isDate: column.type === 'date',
    required: missing.type === 'drop-row',
    impute: standIn(column, finite, missing),
    indicator: missingIndicator,
    offset,
    divisor: scaling === 'none' && column.type === 'date' ? msPerDay : divisor,
  };
}

function standIn(column: Column, sorted: Float64Array, plan: MissingPlan): number {
  if (plan.type === 'constant') {
    const value = Number(plan.value);
    if (Number.isFinite(value)) return value;
    throw new StudioError(
      'bad-config',
      `column "${column.name}": "${plan.value}" can't stand in for missing numbers`,
    );
  }
  if (sorted.length === 0) return 0;
  if (plan.type === 'mean') return mean(sorted);
  if (plan.type === 'most-frequent') return mode(sorted);
  return quantile(sorted, 0.5);
}

/** As scikit-learn's StandardScaler (population sd), MinMaxScaler and RobustScaler; a constant column keeps divisor 1. */
function scaleOf(sorted: Float64Array, scaling: Scaling): { offset: number; divisor: number } {
  if (sorted.length === 0 || scaling === 'none') return { offset: 0, divisor: 1 };
  switch (scaling) {
    case 'standard': {
      const centre = mean(sorted);
      const variance = sorted.reduce((sum, x) => sum + (x - centre) ** 2, 0) / sorted.length;
      const deviation = Math.sqrt(variance);
      // Rounding makes a constant column's deviation tiny, not zero.
      const isConstant = deviation <= 10 * Number.EPSILON * Math.abs(centre);
      return { offset: centre, divisor: isConstant ? 1 : deviation };
    }
    case 'min-max': {
      const min = sorted[0] ?? 0;
      return { offset: min, divisor: (sorted.at(-1) ?? min) - min || 1 };
    }
    case 'robust':
      return {
        offset: quantile(sorted, 0.5),
        divisor: quantile(sorted, 0.75) - quantile(sorted, 0.25) || 1,
      };
  }
}

function fitOneHot(column: Column, vector: ColumnVector, trainRows: Uint32Array): FittedColumn {
  const { missing, missingIndicator, maxCategories } = column.preparation;
  const counts = new Map<string, number>();
  for (const row of trainRows) {
    if (isMissing(vector, row)) continue;
    const value = textAt(vector, row);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const byFrequency = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const kept = byFrequency.slice(0, maxCategories).map(([value]) => value);
  const sorted = kept.sort((a, b) => (a < b ? -1 : 1));
  const isBinary = byFrequency.length === 2 && maxCategories >= 2;
  const anyMissing = trainRows.some((row) => isMissing(vector, row));
  return {
    encoder: 'one-hot',
    column: column.name,
    required: missing.type === 'drop-row',
    // Of two categories one feature says it all.
    categories: isBinary ? sorted.slice(1) : sorted,
    reference: isBinary ? (sorted[0] ?? null) : null,
    missing: missingCategory(missing, byFrequency[0]?.[0] ?? '', anyMissing),
    other: byFrequency.length > maxCategories,
    indicator: missingIndicator,
  };
}

function missingCategory(plan: MissingPlan, mostFrequent: string, anyMissing: boolean) {
  switch (plan.type) {
    case 'constant':
      return { type: 'category' as const, value: String(plan.value) };
    case 'own-category':
      // A feature that is 0 on every train row would keep a random weight.
      return anyMissing
        ? { type: 'own-category' as const }
        : { type: 'category' as const, value: mostFrequent };
    default:
      return { type: 'category' as const, value: mostFrequent };
  }
}

function mean(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** The smallest of the most frequent values. */
function mode(sorted: Float64Array): number {
  let best = sorted[0] ?? 0;
  let bestRun = 0;
  let run = 0;
  for (let i = 0; i < sorted.length; i++) {
    run = sorted[i] === sorted[i - 1] ? run + 1 : 1;
    if (run > bestRun) {
      bestRun = run;
      best = sorted[i] ?? best;
    }
  }
  return best;
}

/** Linear interpolation between order statistics, NumPy's default. @param sorted ascending, not empty */
export function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}
