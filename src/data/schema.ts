/**
 * What a table is: typed columns of immutable, content-addressed blocks, and how rows are split.
 * Not here: the bytes themselves (storage), reading files (readers/), statistics (profile).
 */
export const columnTypes = [
  'number',
  'integer',
  'boolean',
  'category',
  'date',
  'text',
  'id',
] as const;
export type ColumnType = (typeof columnTypes)[number];

/** How a column's cells are kept; types of one kind share their bytes. */
export type StorageKind = 'number' | 'code' | 'text';

export function storageKind(type: ColumnType): StorageKind {
  switch (type) {
    case 'number':
    case 'integer':
    case 'date':
      return 'number';
    case 'boolean':
    case 'category':
      return 'code';
    case 'text':
    case 'id':
      return 'text';
  }
}

/**
 * A column's cells in memory, or a block of them.
 * number: NaN is missing; dates are ms since 1970 UTC. code: an index into the dictionary, −1 is missing.
 */
export type ColumnVector =
  | { kind: 'number'; values: Float64Array }
  | { kind: 'code'; codes: Int32Array; dictionary: readonly string[] }
  | { kind: 'text'; values: (string | null)[] };

/** A row as read, before it is typed; null where there is no cell. */
export type TextRow = readonly (string | null)[];

/** `user`, `item` and `time` are of events: who, what, when; their `target` is the value, such as a rating. */
export const columnRoles = ['feature', 'target', 'user', 'item', 'time', 'ignored'] as const;
export type ColumnRole = (typeof columnRoles)[number];
/** Of which a table has one column at most. */
export type SingleRole = Exclude<ColumnRole, 'feature' | 'ignored'>;

/** What stands in for a missing cell. Fitted on train rows only. */
export type MissingPlan =
  | { type: 'mean' | 'median' | 'most-frequent' }
  | { type: 'constant'; value: number | string }
  | { type: 'own-category' }
  | { type: 'drop-row' };

/** standard: (x − mean) / sd; min-max: to [0, 1]; robust: (x − median) / IQR. */
export type Scaling = 'standard' | 'min-max' | 'robust' | 'none';

export interface Preparation {
  missing: MissingPlan;
  /** Adds a 0/1 feature that says where the cell was missing. */
  missingIndicator: boolean;
  scaling: Scaling;
  /** Categories beyond the most frequent this many share one feature, "other". */
  maxCategories: number;
}

/** Cells that aren't of the column's type; they are kept as missing. Rows count from 1, headers aside. */
export interface UnreadCells {
  count: number;
  examples: { row: number; text: string }[];
}

export interface Column {
  /** Unique within the data set. */
  name: string;
  type: ColumnType;
  role: ColumnRole;
  preparation: Preparation;
  /** Position in the source. */
  sourceIndex: number;
  /** Digest of each block of `blockRows` rows, in order. */
  blocks: string[];
  /** Digest of the dictionary (a JSON array of strings) of a `code` column. */
  dictionary?: string;
  /** For dates: 'iso' or a d3-time-format specifier. */
  dateFormat?: string;
  /** For numbers written with a decimal comma. */
  decimalComma?: boolean;
  unread?: UnreadCells;
}

/** Shares are of all rows, in [0, 1); what is left trains. */
export type SplitSpec =
  | {
      type: 'random';
      seed: number;
      validation: number;
      test: number;
      /** By classes, or by quantile bins of numbers (strata.ts). */
      stratify: boolean;
      /** How many; absent from data sets of the first version, which took each number for a class. */
      bins?: number;
    }
  | { type: 'group'; column: string; seed: number; validation: number; test: number }
  | { type: 'time'; column: string; validation: number; test: number }
  | { type: 'column'; column: string; validation: string | null; test: string | null }
  /** Of events: shares of each user's. */
  | { type: 'per-user'; seed: number; validation: number; test: number }
  /** Of events: each user's last tests, by time, then item; the one before it validates where `validation` says so. */
  | { type: 'last-out'; validation: boolean };

/** Row numbers (from 0), ascending. */
export interface Split {
  train: Uint32Array;
  validation: Uint32Array;
  test: Uint32Array;
}

/** How the source's text was cut into cells. */
export type Dialect =
  | {
      format: 'csv';
      encoding: string;
      delimiter: string;
      /** '' where none is a mark: then quotes are cells' own. */
      quote: string;
      header: boolean;
      /** Lines to skip before the header or the first row. */
      skipLines: number;
    }
  | { format: 'json' | 'jsonl'; encoding: string }
  | { format: 'parquet' };

export interface SourceFile {
  name: string;
  /** Bytes as brought, e.g. still gzipped. */
  size: number;
  /** Digests of the file's bytes in order. */
  chunks: string[];
  /** Of this file: files of one table may differ in delimiter, encoding and format. */
  dialect: Dialect;
}

/** What made this version out of its parent, for the history that a person reads. */
export type DataChange =
  | { type: 'import'; files: string[] }
  | { type: 'type'; column: string; from: ColumnType; to: ColumnType }
  | { type: 'role'; column: string; from: ColumnRole; to: ColumnRole }
  | { type: 'preparation'; columns: string[] }
  | { type: 'split' }
  /** It was said which columns are who, what, how much and when. */
  | { type: 'events' }
  | { type: 'rename'; column: string; to: string }
  | { type: 'remove-duplicates'; rows: number }
  /** Events of users and items with fewer than `least` events were left out, until all have so many. */
  | { type: 'keep-core'; least: number; rows: number };

/** What importing noticed and settled. Rows count from 1, headers aside. */
export type ImportNote =
  | { type: 'short-rows' | 'long-rows'; count: number; row: number }
  | { type: 'renamed-column'; from: string; to: string }
  | { type: 'undecodable-bytes'; encoding: string }
  | { type: 'left-out-member'; name: string; row: number }
  /** Every date reads as both formats, and as different days. */
  | { type: 'ambiguous-date'; column: string; format: string; alternative: string };

/** One immutable version of a data set. Its digest covers every cell, type, role, preparation and the split. */
export interface DataSet {
  digest: string;
  projectId: string;
  parent: string | null;
  name: string;
  createdAt: number;
  change: DataChange;
  rows: number;
  blockRows: number;
  columns: Column[];
  split: SplitSpec;
  /** Of the first file. */
  dialect: Dialect;
  source: SourceFile[];
  notes: ImportNote[];
  about?: Besides;
  /** Of a table of events, once it is said which columns they are; `usualEventRules` before. */
  events?: EventRules;
}

/** A table beside the project's own: what is known of items or of users. */
export const besides = ['items', 'users'] as const;
export type Besides = (typeof besides)[number];

/** The role of such a table's ids. */
export const besidesRole = { items: 'item', users: 'user' } as const;

/**
 * What becomes of several events of one pair. `last`: the latest by time (an undated one is earlier than any dated
 * one), of one time the last row; for ratings. `sum`: the values added (1 each where events have none); for counts.
 * `highest`, `mean`: of the values. The pair's time is the latest always.
 */
export const duplicateRules = ['last', 'sum', 'highest', 'mean'] as const;
export type DuplicateRule = (typeof duplicateRules)[number];

/** How events are read: part of the data, so that training, figures and preview can't differ in it. */
export interface EventRules {
  duplicates: DuplicateRule;
  /**
   * The least value of an event that says that an item is liked; null: every event does. Methods that don't learn from
   * values learn from liked events alone, and lists are held against those. What isn't liked was had nevertheless:
   * it isn't recommended again.
   */
  likedFrom: number | null;
}

export const usualEventRules: EventRules = { duplicates: 'last', likedFrom: null };

/** Which columns of a table of events say who, what, how much and when, and how they are read: as usual where not said. */
export interface EventColumns extends Partial<EventRules> {
  user: string;
  item: string;
  /** Null where only that it happened is known. */
  value: string | null;
  time: string | null;
}

/** Names one version in one project: two projects may hold the same data. */
export interface DataSetRef {
  projectId: string;
  digest: string;
}

/** Reads the cells of one data set; the data may be in IndexedDB, or in a test's memory. */
export interface ColumnSource {
  readonly dataSet: DataSet;
  column(name: string): Promise<ColumnVector>;
}

export function targetOf(dataSet: DataSet): Column | undefined {
  return columnInRole(dataSet, 'target');
}

export function columnInRole(dataSet: DataSet, role: SingleRole): Column | undefined {
  return dataSet.columns.find((column) => column.role === role);
}
