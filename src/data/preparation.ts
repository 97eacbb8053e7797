/**
 * Preparation as fitted: plain numbers that turn rows into features, saved with the model version and
 * applied in one place (features.ts) for training, prediction and export.
 */
export type FittedColumn =
  | {
      encoder: 'numeric';
      column: string;
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
      /** One feature each; a cell that is none of them is all zeros, or `other` where there is one. */
      categories: string[];
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
  | { type: 'classes'; column: string; classes: string[] }
  /** Trained on (y − offset) / divisor; predictions are given in the column's own unit. */
  | { type: 'number'; column: string; offset: number; divisor: number };
