/** What is known of a model's answers on some rows: plain data, computed once and stored with the version. */
import type { Metrics } from '../training/run.ts';

/** Half-open views into typed arrays: `probabilities` is [rows, classes] row-major. */
export type Predictions =
  | {
      type: 'classes';
      classes: string[];
      /** Row numbers in the data set. */
      rows: Uint32Array;
      /** Index of the true class; −1 where it is missing or the model never saw it. */
      actual: Int32Array;
      probabilities: Float32Array;
    }
  | { type: 'numbers'; rows: Uint32Array; actual: Float64Array; predicted: Float64Array };

/** A figure with its bootstrap 95 % interval and what the baseline scores on the same rows. */
export interface MeasuredMetric {
  value: number;
  interval: [number, number] | null;
  baseline: number | null;
}

export interface ClassReport {
  name: string;
  precision: number;
  recall: number;
  f1: number;
  support: number;
}

export interface Curve {
  label: string;
  x: number[];
  y: number[];
}

/** How a figure of a ranking came about: without it two can't be compared. */
export interface RankingProtocol {
  split: 'per-user' | 'last-out' | 'time';
  /** Digest of the data that it is of. */
  dataSet: string;
  /** The least value of the events that lists are held against; absent: any event counts. */
  likedFrom?: number;
  /** Items that the model knows and that aren't ranked here, for no event is of them; absent: none. */
  withoutEvents?: number;
  /** Shares of test events before which training had already seen something later. */
  lookAhead: { samePerson: number; anyone: number };
}

export type Evaluation = {
  /** Which rows: the test split, or a file's name. */
  on: string;
  rows: number;
  /** Rows left out, by reason: `unknown-class` (missing, or one that training never saw), `missing-target`. */
  skipped: { reason: string; rows: number }[];
  metrics: Record<string, MeasuredMetric>;
  /** What the baseline always answers: the most frequent class of the train rows, or their mean. */
  baseline: string;
} & (
  | {
      type: 'classes';
      classes: string[];
      perClass: ClassReport[];
      /** [actual][predicted] */
      confusion: number[][];
      roc: Curve[];
      precisionRecall: Curve[];
    }
  | {
      type: 'numbers';
      /** At most 2,000 points, evenly drawn, for the plots. */
      sample: { row: number; actual: number; predicted: number }[];
      residualHistogram: { edges: number[]; counts: number[] };
    }
  | {
      /** Every item that the person hasn't had is ranked; `rows` are test events. */
      type: 'ranking';
      users: number;
      items: number;
      protocol: RankingProtocol;
      /** By how many events people have to learn from; the least and most of each slice. */
      byActivity: { events: [number, number]; people: number; ndcgAt10: number }[];
      /** By how popular the wanted items are; recall is null where none was wanted. */
      byPopularity: {
        name: 'head' | 'middle' | 'tail';
        items: number;
        wanted: number;
        recallAt10: number | null;
      }[];
    }
);

/** Flat figures of an evaluation, as runs and scripts carry them. */
export function valuesOf(metrics: Record<string, MeasuredMetric>): Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
}
