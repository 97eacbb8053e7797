/**
 * Preparation as fitted: plain numbers that turn rows into features, saved with the model version and
 * applied in one place (features.ts) for training, prediction and export.
 */
export type FittedColumn =
  | {
      encoder: 'numeric';
      column: string;
      /** Dates are ms since 1970 UTC; loose rows may give them as ISO text. */
      isDate: boolean;
      /** Rows in which it is missing are left out of training and get no answer. */
      required: boolean;
      /** Stands in for missing and infinite cells. */
      impute: number;
      indicator: boolean;
      /** feature = (x − offset) / divisor */
      offset: number;
      divisor: number;
    }
  | {
      encoder: 'one-hot';
      column: string;
      required: boolean;
      /** One feature each; a cell that is none of them is all zeros, or `other` where there is one. */
      categories: string[];
      /** Of two categories the one that needs no feature. */
      reference: string | null;
      /** Missing cells: a feature of their own, or counted as this category. */
      missing: { type: 'own-category' } | { type: 'category'; value: string };
      other: boolean;
      indicator: boolean;
    };

export interface FittedPreparation {
  columns: FittedColumn[];
  /** A name for each feature, in order: `age`, `age is missing`, `island = Dream`. */
  featureNames: string[];
}

export type FittedTarget =
  | {
      type: 'classes';
      column: string;
      classes: string[];
      /** How many train rows have each class: all that the baseline knows. */
      counts: number[];
    }
  | {
      type: 'number';
      column: string;
      /** Trained on (y − offset) / divisor; predictions are given in the column's own unit. */
      offset: number;
      divisor: number;
      /** Of the train rows: all that the baseline knows. */
      mean: number;
    };

/** How many features a fitted column makes. */
export function widthOf(column: FittedColumn): number {
  const indicator = column.indicator ? 1 : 0;
  if (column.encoder === 'numeric') return 1 + indicator;
  return (
    column.categories.length +
    (column.other ? 1 : 0) +
    (column.missing.type === 'own-category' ? 1 : 0) +
    indicator
  );
}

export function featureNamesOf(column: FittedColumn): string[] {
  const indicator = column.indicator ? [`${column.column} is missing`] : [];
  if (column.encoder === 'numeric') return [column.column, ...indicator];
  return [
    ...column.categories.map((category) => `${column.column} = ${category}`),
    ...(column.other ? [`${column.column} is other`] : []),
    ...(column.missing.type === 'own-category' ? [`${column.column} is missing`] : []),
    ...indicator,
  ];
}
