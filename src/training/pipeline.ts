/** What a task gives the training and inference workers (tasks/<id>/engine/pipeline.ts). */
import type { InputRow } from '../data/input-row.ts';
import type { FittedPreparation, FittedTarget } from '../data/preparation.ts';
import type { ColumnSource } from '../data/schema.ts';
import type { Answer } from '../evaluate/answer.ts';
import type { Evaluation, Predictions } from '../evaluate/evaluation.ts';
import type { NetworkSpec, PackedWeights } from '../models/spec.ts';
import type { ProbeMemory } from './backend-reason.ts';
import type { RunControl } from './control.ts';
import type { StartHelper } from './helper-port.ts';
import type { RunEstimate } from './preflight.ts';
import type { NoneLiked } from '../registry/model-version.ts';
import type { SavedRecommender } from '../recommend/recommender.ts';
import type { Backend, MetricSet, RunConfig, RunEvent, RunOutcome } from './run.ts';

/**
 * Stores a run's checkpoint; training doesn't wait for it. Bytes that aren't given back aren't written to again. Who
 * takes the bytes and can't store them gives them back by CheckpointNotStored (checkpoint-not-stored.ts).
 */
export type SaveCheckpoint = (bytes: ArrayBuffer) => Promise<GivenBack | undefined>;

/** A checkpoint that was stored, for the next one to be written in. */
export interface GivenBack {
  /** What was to be stored: who stores it within something else gives back this, and not that. */
  of: ArrayBuffer;
  /** The same bytes; another buffer where they went through a worker. */
  bytes: ArrayBuffer;
}

export interface TrainingJob<Config extends RunConfig = RunConfig> {
  source: ColumnSource;
  /** What is known of items, of a task that takes it. */
  items?: ColumnSource | null;
  /** What is known of people, likewise. */
  users?: ColumnSource | null;
  config: Config;
  control: RunControl;
  emit: (event: RunEvent) => void;
  /** Where a killed run left off; null for a fresh one. */
  checkpoint: ArrayBuffer | null;
  /** Called every few seconds. */
  saveCheckpoint: SaveCheckpoint;
  /** Absent where nothing is to be remembered. */
  probeMemory?: ProbeMemory;
  /** Starts a further worker of this run; absent where there can be none. */
  startHelper?: StartHelper;
  /** Unless told otherwise 3,000, or more where storing one takes long. */
  checkpointEveryMs?: number;
}

/** A model with all that it takes to use it. */
export interface FittedModel {
  spec: NetworkSpec;
  preparation: FittedPreparation;
  target: FittedTarget;
  weights: PackedWeights;
}

interface RunEnd {
  outcome: RunOutcome;
  backend: Backend;
  bestEpoch: number;
  metrics: MetricSet;
  /** On the test split, or over all folds; null where no row was left to test on. */
  evaluation: Evaluation | null;
}

export interface NetworkOutcome extends RunEnd {
  model: FittedModel;
  predictions: Predictions | null;
}

export interface RecommenderOutcome extends RunEnd {
  recommender: SavedRecommender;
  /** Ids of the items, by number. */
  items: readonly string[];
  /** The one whose model is kept, and how many there were; null of a method without epochs. */
  epochs: { kept: number; run: number } | null;
  /** Why there are no figures though events were held out; null where that isn't so. */
  noneLiked: NoneLiked | null;
  /** The test users' NDCG@10 by user number, NaN where nothing is to be found; null without a test split. */
  perUser: Float32Array | null;
}

export type TrainingOutcome = NetworkOutcome | RecommenderOutcome;

export interface Predictor {
  /** Answers in the order of the rows. */
  answer(rows: readonly InputRow[]): Promise<Answer[]>;
  /** Answers to every row of a table, which needs no target column. */
  answerTable(source: ColumnSource): Promise<Answer[]>;
  /** Answers and truths for rows (all where absent) of a table that has the target column. */
  predict(source: ColumnSource, rows?: Uint32Array): Promise<Predictions>;
  evaluate(predictions: Predictions, on: string): Evaluation;
  dispose(): void;
}

export interface EstimateRequest<Config extends RunConfig = RunConfig> {
  source: ColumnSource;
  config: Config;
  probeMemory?: ProbeMemory;
  /** As a run's; absent where there can be one worker alone. */
  startHelper?: StartHelper;
  signal?: AbortSignal;
}

export interface Pipeline<Outcome extends TrainingOutcome = TrainingOutcome> {
  train(job: TrainingJob): Promise<Outcome>;
  /** What a run would take; null where that can't be told before. @throws the signal's reason */
  estimate(request: EstimateRequest): Promise<RunEstimate | null>;
  /** @throws StudioError `unsupported` where models of the task have no rows to answer */
  open(model: FittedModel): Promise<Predictor>;
}
