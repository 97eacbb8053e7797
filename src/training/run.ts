/** What a run is told, and what it says back: plain data, so it can be stored and posted. */
import { StudioError, type ErrorCode } from '../lib/errors.ts';
import type { LayerSpec } from '../models/spec.ts';

export const backends = ['webgpu', 'wasm', 'webgl', 'cpu'] as const;
export type Backend = (typeof backends)[number];

/** mixed: matrix products in half precision, all else in single (engine/kernels/webgpu/tile-type.ts). */
export type Precision = 'single' | 'mixed';

/** What a probe measured: training steps of the run's own network. */
export interface BackendRate {
  backend: Backend;
  examplesPerSecond: number;
  /** Examples that are only answered, as when a run is measured; absent where it wasn't asked. */
  answersPerSecond?: number;
  /** Absent: one. */
  workers?: number;
}

/** On how many workers a run computes. */
export interface WorkersChoice {
  count: number;
  /** As the settings have it. */
  averageEvery: number;
  /** What a probe measured, fewest workers first; empty where nothing was to be measured. */
  rates: BackendRate[];
}

/** Why a run computes where it does; the page puts it into words. */
export type BackendReason =
  /** The settings name it. */
  | { type: 'asked' }
  /** The solver works in float64, in JavaScript. */
  | { type: 'solver' }
  /** Nothing faster is usable on this device. */
  | { type: 'only' }
  /** A step is so short that starting a graphics processor for it would cost more than it saves. */
  | { type: 'small' }
  /** Best first. */
  | { type: 'fastest'; rates: BackendRate[] }
  /** Another one failed. */
  | { type: 'instead'; of: Backend };

/** Why a run could not go on as it was. */
export type FailureCause = 'out-of-memory' | 'device-lost' | 'diverged' | 'failed';

/** What a run did to go on where it could not go on as it was; the page puts it into words. */
export type RunNotice =
  /** Memory ran out: at most so many rows of a batch are computed at a time, and their gradients summed. */
  | {
      type: 'fewer-rows';
      /** The one under way, from 1. */
      epoch: number;
      backend: Backend;
      rows: number;
      batch: number;
      /** Batch norm's statistics are of fewer rows now, so that it isn't the same training any more. */
      isApproximate: boolean;
    }
  /** Several workers couldn't; `message` is what was said. */
  | { type: 'one-worker'; epoch: number; workers: number; message: string }
  /** The device was lost, and started again. */
  | { type: 'restarted'; epoch: number; backend: Backend }
  /** `message` is what the backend said. */
  | {
      type: 'moved';
      epoch: number;
      from: Backend;
      to: Backend;
      /** `gone`: it isn't the choice on this device any more, when a run goes on there. */
      cause: FailureCause | 'gone';
      message: string;
    }
  /** It stops early, and no row is held out to stop by: it goes by the training loss. */
  | { type: 'unvalidated' }
  /** In a cross-validation, which so has no result. */
  | { type: 'fold-diverged'; fold: number; folds: number }
  /** Mixed precision was asked for, and isn't to be had there. */
  | { type: 'single-precision'; epoch: number; backend: Backend }
  /** A checkpoint couldn't be stored, `message` says why: the run goes on, but a closed tab loses what is newer. */
  | { type: 'not-stored'; epoch: number; code: ErrorCode; message: string }
  /** It was killed (its tab was closed, say) and went on from its last checkpoint, in this epoch. */
  | { type: 'went-on'; epoch: number }
  /** It was killed and had no checkpoint. */
  | { type: 'began-again' }
  /** In words, as the first version had it. */
  | { type: 'text'; text: string };

/** `weightDecay`: the weight of ½ Σw² in the loss; AdamW's is taken off the weights beside the step. */
export type OptimizerSpec =
  | { type: 'sgd'; momentum: number; nesterov: boolean; weightDecay?: number }
  | { type: 'adam' | 'adamw'; beta1: number; beta2: number; epsilon: number; weightDecay: number }
  | { type: 'rmsprop'; decay: number; epsilon: number; weightDecay?: number };

/** What gradients are held to: the length of all together (Pascanu et al. 2013), or each number by itself. */
export interface ClippingSpec {
  type: 'norm' | 'value';
  limit: number;
}

/** Multiplies the learning rate over the run's steps. */
export type ScheduleSpec =
  | { type: 'constant' }
  | { type: 'step'; every: number; factor: number }
  | { type: 'exponential'; factor: number }
  | { type: 'cosine'; warmupEpochs: number }
  | { type: 'reduce-on-plateau'; patience: number; factor: number };

interface EarlyStopping {
  /** Epochs without a better validation loss (training loss, where nothing is held out) before the run ends. */
  patience: number;
  minDelta: number;
}

/** closed-form: normal equations. lbfgs: full batch, float64. gradient-descent: mini-batches on the device. */
export type Solver = 'closed-form' | 'lbfgs' | 'gradient-descent';

/** Settings of a model that tables' pipelines train: a network, or one without hidden layers. */
export interface NetworkConfig {
  /** Kebab-case standard name: `logistic-regression`, `mlp` … */
  learner: string;
  target: string;
  seed: number;
  backend: Backend | 'auto';
  solver: Solver;
  /** Hidden layers of an `mlp`; others have none. */
  layers: LayerSpec[];
  optimizer: OptimizerSpec;
  learningRate: number;
  clipping: ClippingSpec | null;
  /** dynamic: gradients are computed on the loss times a factor (engine/loss-scale.ts); not on WebGPU, on one core. */
  lossScaling: 'none' | 'dynamic';
  /** Mixed only on WebGPU, where the device has half precision; a run that has to do without says so. */
  precision: Precision;
  schedule: ScheduleSpec;
  batchSize: number;
  epochs: number;
  earlyStopping: EarlyStopping | null;
  /** Weight of Σ|w| in the loss, biases aside. */
  l1: number;
  /** Weight of ½ Σw² in the mean loss, biases aside. */
  l2: number;
  /** scikit-learn's C: where set, l2 is 1 / (C · train rows), known only once the rows are. */
  inverseRegularization: number | null;
  classWeights: 'none' | 'balanced';
  /** Cross-validation: this many folds of all rows, which keep apart groups and times as the data set's split does. */
  folds: number | null;
  /** Whether folds are of shuffled rows; stratified for classes either way, and in order where the split is by time. */
  shuffleFolds: boolean;
  /** How many cores compute, on wasm; `auto` measures it. */
  workers: number | 'auto';
  /**
   * Steps after which several workers average their weights; with 1 they sum gradients in every step, and the result
   * is one worker's up to rounding.
   */
  averageEvery: number;
}

/** Settings of a recommender (recommend/methods): what the method itself asks for, beside the seed. */
export interface RecommenderConfig {
  /** Kebab-case standard name: `ease`, `item-knn` … */
  learner: string;
  seed: number;
  settings: Readonly<Record<string, SettingValue>>;
}
export type SettingValue = number | string | boolean;

export type RunConfig = NetworkConfig | RecommenderConfig;

/** What a run is asked for; the rest are its learner's defaults. */
export type RunRequest = Partial<NetworkConfig & RecommenderConfig>;

/** @throws StudioError `bad-config` for a recommender's */
export function networkConfigOf(config: RunConfig): NetworkConfig {
  if ('settings' in config)
    throw new StudioError('bad-config', `learner "${config.learner}" doesn't learn tables`);
  return config;
}

export type Metrics = Record<string, number>;
export interface MetricSet {
  train?: Metrics;
  validation?: Metrics;
  test?: Metrics;
}

export interface EpochRecord {
  epoch: number;
  /** Of the weights at the epoch's end; train figures are of an evenly drawn sample where rows are many. */
  train: Metrics;
  validation?: Metrics;
  learningRate: number;
  /** Seconds of training since the start, pauses aside. */
  seconds: number;
}

/** Of an epoch's end, which tells more than is kept of it. */
export function epochRecordOf(end: EpochRecord): EpochRecord {
  const { epoch, train, validation, learningRate, seconds } = end;
  return { epoch, train, ...(validation && { validation }), learningRate, seconds };
}

export type RunOutcome = 'completed' | 'early-stopped' | 'stopped' | 'diverged';

/** What a run does before it learns, where that takes long. */
export type RunPreparation =
  | { type: 'loading-encoder'; bytes: number; of: number }
  | { type: 'encoding-texts'; texts: number; of: number };

export type RunEvent =
  | {
      type: 'started';
      backend: Backend;
      reason: BackendReason;
      /** Absent: one. */
      workers?: WorkersChoice;
      parameters: number;
      stepsPerEpoch: number;
      /** Epochs already behind a resumed run. */
      epoch: number;
      /** What answering without learning scores: the most frequent class, or the mean. */
      baseline?: Metrics;
    }
  | {
      type: 'progress';
      epoch: number;
      step: number;
      loss: number;
      examplesPerSecond: number;
      secondsLeft: number;
      /** Of all work, 0 to 1, where that isn't told by the epoch. */
      done?: number;
      /** Absent: it learns, or is measured. */
      preparation?: RunPreparation;
    }
  | ({ type: 'epoch'; best: boolean } & EpochRecord)
  | { type: 'fold'; fold: number; folds: number; metrics: Metrics }
  | { type: 'paused' }
  | { type: 'resumed' }
  | { type: 'notice'; notice: RunNotice }
  | { type: 'finished'; outcome: RunOutcome; bestEpoch: number };
