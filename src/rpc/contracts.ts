/** What the workers serve. Arguments and results are plain data; buffers are transferred, callbacks proxied. */
import type { DataProfile } from '../data/profile.ts';
import type {
  Besides,
  ColumnRole,
  ColumnType,
  DataSet,
  DataSetRef,
  Dialect,
  EventColumns,
  Preparation,
  SplitSpec,
} from '../data/schema.ts';
import type { SplitCounts } from '../data/split-counts.ts';
import type { InputRow } from '../data/input-row.ts';
import type { Answer } from '../evaluate/answer.ts';
import type { InteractionProfile } from '../recommend/interaction-profile.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { ControlCommand } from '../training/control.ts';
import type { RunEstimate } from '../training/preflight.ts';
import type { MetricSet, NetworkConfig, RunEvent, RunOutcome } from '../training/run.ts';

/** What a file looks like before it is imported. */
export interface SourcePreview {
  dialect: Dialect;
  columns: { name: string; type: ColumnType; dateFormat?: string; decimalComma?: boolean }[];
  /** The first rows, as text. */
  rows: string[][];
  /** The files after the first: why one can't be joined to it, null where it can. */
  others: { name: string; problem: string | null }[];
}

export interface ImportRequest {
  projectId: string;
  name: string;
  files: { name: string; blob: Blob }[];
  /** Overrides what was found. */
  dialect?: Partial<Extract<Dialect, { format: 'csv' }>>;
  columnNames?: string[];
  types?: Readonly<Record<string, ColumnType>>;
  /** Of a table beside the project's own. */
  about?: Besides;
  /** Columns that are not brought in; as they are called here. */
  leaveOut?: readonly string[];
}

export interface ImportProgress {
  bytesRead: number;
  bytesTotal: number;
  rows: number;
  secondsLeft: number;
}

export type DataSetChange =
  | { type: 'type'; column: string; to: ColumnType }
  | { type: 'role'; column: string; to: ColumnRole }
  | { type: 'preparation'; columns: string[]; to: Partial<Preparation> }
  | { type: 'rename'; column: string; to: string }
  | { type: 'split'; to: SplitSpec }
  | { type: 'events'; to: EventColumns }
  | { type: 'remove-duplicates' }
  /** Leaves out events of users and items with fewer than `least`, until all have so many. */
  | { type: 'keep-core'; least: number };

export interface RowQuery {
  start: number;
  count: number;
  /** Row order; the file's own where absent. */
  sort?: { column: string; descending: boolean };
  /** Only rows in which a cell (of this column) contains the text, case aside. */
  search?: { text: string; column?: string };
  /** Only these rows. */
  rows?: Uint32Array;
}

export interface RowSlice {
  /** Rows that match the query in all. */
  total: number;
  rowNumbers: number[];
  /** As shown, a list a row, in column order; null is missing. */
  cells: (string | null)[][];
}

/** What a change of type would do, before it is made. */
export interface RetypePreview {
  examples: { row: number; before: string | null; after: string | null }[];
  /** Cells that would become missing. */
  lost: number;
}

export interface EventProfile extends InteractionProfile {
  /** Rows without a user, an item, or the value that others have: left out. */
  incomplete: number;
  /** Rows that repeat a pair: what becomes of those is the data set's rule. */
  repeated: number;
  hasValues: boolean;
  /** Share of the events that count as liked, by their value; null where any event does. */
  liked: { from: number; share: number } | null;
  /** Shares of test events before which training has seen something later. */
  lookAhead: { samePerson: number; anyone: number };
}

/** Served by workers/data.worker.ts */
export interface DataApi {
  preview(
    files: { name: string; blob: Blob }[],
    dialect?: ImportRequest['dialect'],
  ): Promise<SourcePreview>;
  importFiles(
    request: ImportRequest,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<DataSet>;
  profile(dataSet: DataSetRef, onProgress?: (share: number) => void): Promise<DataProfile>;
  /** @throws StudioError `bad-config` before it is said which columns are the user and the item */
  eventProfile(dataSet: DataSetRef, onProgress?: (share: number) => void): Promise<EventProfile>;
  rows(dataSet: DataSetRef, query: RowQuery): Promise<RowSlice>;
  previewType(dataSet: DataSetRef, column: string, type: ColumnType): Promise<RetypePreview>;
  /** @throws StudioError `bad-config` for a split that can't be made */
  splitCounts(dataSet: DataSetRef, split: SplitSpec): Promise<SplitCounts>;
  change(dataSet: DataSetRef, change: DataSetChange): Promise<DataSet>;
  /** CSV of all rows, formula-guarded. */
  exportCsv(dataSet: DataSetRef): Promise<Blob>;
  /** One versioned zip: records, data, models, settings. */
  exportProject(projectId: string, onProgress?: (share: number) => void): Promise<Blob>;
  /** @returns the id of the project that the zip made. */
  importProject(file: Blob, onProgress?: (share: number) => void): Promise<string>;
}

export interface TrainRequest {
  runId: string;
  /** Goes on from the run's checkpoint where there is one. */
  resume: boolean;
}

export interface TrainResult {
  outcome: RunOutcome;
  metrics: MetricSet;
  modelVersion: string | null;
}

/** Of a run that doesn't exist yet. */
export interface EstimateQuery {
  projectId: string;
  taskId: string;
  dataSet: string;
  config: NetworkConfig;
  /** See EstimateOptions. */
  remeasure: boolean;
}

/** Served by workers/training.worker.ts. One run at a time. */
export interface TrainingApi {
  /**
   * What a run would take, by measurement; null where it can't be told.
   * @throws StudioError `cancelled` when another estimate or a run is asked for meanwhile; `busy` during a run
   */
  estimate(query: EstimateQuery): Promise<RunEstimate | null>;
  /** The run's record is in storage already; the worker writes its end, the model version and its evaluation. */
  train(request: TrainRequest, onEvents: (events: RunEvent[]) => void): Promise<TrainResult>;
  control(command: ControlCommand): void;
}

/** A model version's id is its digest, so that two projects may hold the same one. */
export interface VersionRef {
  projectId: string;
  id: string;
}

export interface ScoredFile {
  csv: Blob;
  rows: number;
}

/** Served by workers/inference.worker.ts */
export interface InferenceApi {
  predict(version: VersionRef, rows: readonly InputRow[]): Promise<Answer[]>;
  /** Reads a table, answers each row, and gives the table back with the answers as further columns. */
  scoreFile(
    version: VersionRef,
    file: { name: string; blob: Blob },
    onProgress: (progress: ImportProgress) => void,
  ): Promise<ScoredFile>;
  /** Metrics on a file that has the target column. */
  evaluateFile(
    version: VersionRef,
    file: { name: string; blob: Blob },
    onProgress: (progress: ImportProgress) => void,
  ): Promise<Evaluation>;
  /** Row numbers of the test split with this true and this predicted class. */
  confusionRows(version: VersionRef, actual: number, predicted: number): Promise<Uint32Array>;
}
