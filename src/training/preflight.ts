/** What a run will take, told before it starts: types and arithmetic. engine/preflight.ts measures. */
import type { NetworkSummary } from '../models/layer-summary.ts';
import type { Backend, BackendRate, BackendReason } from './run.ts';

export interface EstimateOptions {
  /** Forgets first what all probes on this device found, so that a time at which it was busy doesn't stay in the figures. */
  remeasure?: boolean;
}

export interface RunEstimate {
  backend: Backend;
  reason: BackendReason;
  /** On how many it will be computed. */
  workers: number;
  /** Those that are trained. */
  parameters: number;
  network: NetworkSummary;
  /** All that the run keeps in memory. */
  bytes: number;
  trainRows: number;
  /** The most rows of a batch for which there is memory, all train rows at most; 0 where not even one fits. */
  largestBatch: number;
  /** Whether the settings' own batch fits; else it is computed in parts. */
  fits: boolean;
  /** Steps and figures of one epoch; null where nothing can be measured. */
  secondsPerEpoch: number | null;
  /** All epochs, and all folds; early stopping may end it sooner. */
  seconds: number | null;
}

/** How many there are of what a run keeps. */
export interface RunSizes {
  /** Bytes of the steps' buffers, of all workers, and of those for measuring. */
  steps: number;
  measuring: number;
  /** Of the train rows, beside the ones that the run is given: on the device, or for its workers. */
  trainCopies: number;
  parameters: number;
  trainable: number;
  /** Numbers that the optimiser keeps for each trainable one. */
  slots: number;
  rows: { train: number; validation: number };
  width: number;
}

/** Bytes of float32. */
const float = 4;

/** Of the network and the best weights so far: one of each; of the checkpoints: two (engine/checkpointer.ts). */
export function bytesOf(sizes: RunSizes): number {
  const { steps, measuring, parameters, trainable, slots, rows, width, trainCopies } = sizes;
  const checkpoint = float * (2 * parameters + slots * trainable);
  const kept = (1 + trainCopies) * rows.train + rows.validation;
  const data = kept * (float * width + 8); // a target in float64 at most
  return steps + measuring + data + 2 * float * parameters + 2 * checkpoint;
}

/** Train figures of an epoch are of so many rows at most. */
export const measuredRows = 4096;

export function secondsOfEpoch(
  { examplesPerSecond, answersPerSecond }: BackendRate,
  rows: RunSizes['rows'],
): number {
  const answered = Math.min(rows.train, measuredRows) + rows.validation;
  // Unmeasured: the way back takes some twice the way there.
  return rows.train / examplesPerSecond + answered / (answersPerSecond ?? 3 * examplesPerSecond);
}

/** The largest number up to `most` that fits, of which all smaller ones fit too; 0 for none. */
export function largestFitting(most: number, fits: (count: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
