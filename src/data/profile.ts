/** What a column holds, in figures: made once by the data worker, kept with the column's blocks. */
import type { ColumnType } from './schema.ts';

export interface NumberSummary {
  min: number;
  max: number;
  mean: number;
  standardDeviation: number;
  /** At 1, 5, 25, 50, 75, 95 and 99 %. */
  quantiles: [number, number, number, number, number, number, number];
  infinite: number;
  histogram: { edges: number[]; counts: number[] };
}

export interface ColumnProfile {
  name: string;
  type: ColumnType;
  rows: number;
  missing: number;
  distinct: number;
  /** Absent for text-like columns and where no cell is finite. */
  numbers?: NumberSummary;
  /** The most frequent values, at most 50; for numbers only where there are at most 50. */
  top: { value: string; count: number }[];
  /** With the target, in [0, 1]: |Pearson|, correlation ratio η or Cramér's V, by the types of the two. */
  association?: { measure: 'pearson' | 'correlation-ratio' | 'cramers-v'; value: number };
}

export type DataWarning =
  | { type: 'constant'; column: string; value: string }
  | { type: 'id-like'; column: string; distinct: number }
  | { type: 'leaks-target'; column: string; association: number }
  | { type: 'mostly-missing'; column: string; share: number }
  | { type: 'unread'; column: string; count: number; row: number; text: string }
  | { type: 'infinite'; column: string; count: number }
  | { type: 'many-categories'; column: string; distinct: number }
  | { type: 'duplicate-rows'; rows: number }
  | { type: 'imbalance'; column: string; rarest: string; share: number }
  | { type: 'rare-class'; column: string; value: string; count: number }
  | { type: 'missing-target'; column: string; count: number }
  | { type: 'unusable-target'; column: string; reason: 'one-class' | 'all-missing' }
  | { type: 'too-few-rows'; rows: number; features: number };

export interface DataProfile {
  rows: number;
  duplicateRows: number;
  columns: ColumnProfile[];
  warnings: DataWarning[];
}
