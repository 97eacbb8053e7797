/**
 * What the worker that owns a run (number 0) and its helpers (1, 2 …) tell each other. Every worker has a plan and
 * weights of its own; only gradients or states are exchanged.
 */
import type { NetworkSpec } from '../../../models/spec.ts';
import type { NetworkConfig } from '../../run.ts';
import type { TrainingRows } from '../batches.ts';
import type { BatchPlace } from '../kernels/step-plan.ts';
import type { Slice } from '../kernels/update/plan.ts';

/** Of the memory that all share (board.ts). */
export interface BoardShape {
  workers: number;
  /** Rows of a task at most. */
  mostRows: number;
  /** Tasks that a helper can be behind; a power of two. */
  capacity: number;
  /** Floats that a worker lays down at a time. */
  size: number;
  /** Whether each worker updates a slice of the weights, or all of them. */
  sharesUpdate: boolean;
}

export interface ShardStart {
  type: 'start';
  worker: number;
  workers: number;
  /** Compiled once, by the owner. */
  module: WebAssembly.Module;
  plan: {
    spec: NetworkSpec;
    config: Pick<NetworkConfig, 'optimizer' | 'l1' | 'clipping'>;
    l2: number;
    train: TrainingRows;
    mostRows: number;
    microBatch?: number;
  };
  /** Memory that all share; null where the page isn't isolated, and messages carry everything. */
  board: { shape: BoardShape; buffer: SharedArrayBuffer } | null;
}

export type Task =
  /** The gradient of this share of a batch; then, with everyone's sum, an update. */
  | { type: 'share'; rows: Uint32Array; place: BatchPlace; learningRate: number }
  /** A step by oneself. */
  | { type: 'step'; rows: Uint32Array; place: BatchPlace; learningRate: number }
  /** Σ factor · state of all workers becomes everyone's; `steps` is the optimiser's count then. */
  | { type: 'average'; factors: number[]; steps: number }
  /** The owner is given what the others' optimisers keep. */
  | { type: 'gather' }
  /** The owner's state becomes everyone's. */
  | { type: 'load'; steps: number };

/** Where messages carry everything. */
export type ToShard =
  | ShardStart
  | Extract<Task, { type: 'share' | 'step' }>
  /** The sum of everyone's gradients, after a share. */
  | { type: 'apply'; values: Float32Array<ArrayBuffer> }
  | { type: 'give' }
  | { type: 'take'; state: Float32Array<ArrayBuffer>[]; steps: number };

export type FromShard =
  | { type: 'ready' }
  | { type: 'failed'; message: string }
  | { type: 'gradient'; values: Float32Array<ArrayBuffer>; sum: number }
  /** With the losses of the steps since the last time. */
  | { type: 'state'; state: Float32Array<ArrayBuffer>[]; losses: number[] };

/** Which of `padded` numbers a worker updates. */
export function sliceOf(padded: number, worker: number, workers: number): Slice {
  const bound = (place: number) => 4 * Math.floor((place * padded) / (4 * workers));
  return [bound(worker), bound(worker + 1)];
}

/**
 * Which rows of a batch a worker computes. Shares begin at even rows, because dropout draws its numbers in pairs;
 * the last ones may be empty.
 */
export function shareOf(rows: number, worker: number, workers: number): [from: number, to: number] {
  const bound = (place: number) => Math.min(rows, 2 * Math.ceil((place * rows) / (2 * workers)));
  return [bound(worker), bound(worker + 1)];
}
