/** What updates a network's weights, step by step, whoever computes it (step-runner.ts, kernels/planned-steps.ts). */
import type { Random } from '../../lib/random.ts';
import { layerShapes } from '../../models/layer-shapes.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { Network } from '../../models/engine/network.ts';
import type { StartHelper } from '../helper-port.ts';
import type { Backend, NetworkConfig, Precision } from '../run.ts';
import type { TrainingRows } from './batches.ts';
import type { LossScale } from './loss-scale.ts';
import type { OptimizerState } from './optimizer.ts';

export interface StepRunner {
  /** What it computes in; absent: single. */
  readonly precision?: Precision;
  /** Losses that are still on the device. */
  readonly unread: number;
  /** Workers have weights of their own at the moment: no checkpoint would be gone on from to the bit. */
  readonly isBetweenAverages?: boolean;
  /** What the last step still waits for, to be awaited before the next; absent or null: nothing. */
  readonly pending?: Promise<void> | null;
  /**
   * Updates the weights by these rows of the training data. One that throws has changed nothing, or else the weights
   * can't be read any more.
   */
  step(rows: Uint32Array, learningRate: number, dropout: Random): void;
  /**
   * As `step`, to the last bit, with breaks in it. Broken off, it has changed nothing, or has updated all weights.
   * Absent: it has no breaks.
   */
  stepInParts?(
    rows: Uint32Array,
    learningRate: number,
    dropout: Random,
  ): Generator<undefined, void, undefined>;
  /** The losses of the steps since the last call, each summed over its rows. Waits for the device. */
  readLosses(): Promise<{ sum: number; rows: number }[]>;
  /** Takes the network's weights over; to be called first, and whenever the network was given others. */
  loadWeights(): Promise<void>;
  /** Gives the network the weights as they are; before it is used. */
  storeWeights(): Promise<void>;
  /** The weights as they are, an array a variable in the order in which they are packed; good until the next step. */
  readWeights(): Promise<readonly Float32Array[]>;
  /** Its slots are good until the next step. */
  saveOptimizer(): Promise<OptimizerState>;
  restoreOptimizer(state: OptimizerState): void;
  dispose(): void;
}

export interface StepJob {
  network: Network;
  backend: Backend;
  config: NetworkConfig;
  /** The weight of ½ Σw² in the mean loss. */
  l2: number;
  train: TrainingRows;
  /** Further workers that take part; absent: none. */
  crew?: { workers: number; averageEvery: number; startHelper: StartHelper };
  /** Most rows that are computed at a time, their gradients summed; absent: the whole batch. */
  microBatch?: number;
  /** For gradients of fewer bits than float32 has. */
  lossScale?: LossScale;
}

/**
 * Batches of an epoch. One row has no variance: where batch norm would have a last batch of one, its row is left out
 * of the epoch, another each time, as PyTorch's `drop_last` does.
 */
export function stepsOfEpoch(spec: NetworkSpec, rows: number, batch: number): number {
  const isAlone = rows > batch && rows % batch === 1 && batch > 1;
  return isAlone && normalisesOverRows(spec) ? Math.floor(rows / batch) : Math.ceil(rows / batch);
}

/** Whether batch norm has one value a row to take a mean and a variance of; of images each position is one more. */
export function normalisesOverRows(spec: NetworkSpec): boolean {
  const shapes = layerShapes(spec);
  return spec.layers.some(
    ({ type }, i) => type === 'batch-norm' && shapes[i]?.inputs[0]?.length === 1,
  );
}

/** Rows of each part of a batch: about alike, and even, since dropout draws two numbers at a time. */
export function rowsOfParts(batch: number, microBatch: number): number {
  if (microBatch >= batch) return batch;
  const rows = Math.ceil(batch / Math.ceil(batch / microBatch));
  return Math.min(microBatch, rows + (rows % 2));
}
