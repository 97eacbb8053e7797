/**
 * Batches of features, targets and row weights, as tensors, for steps by tfjs (on WebGPU and mostly on wasm a plan
 * fills its own buffers). On WebGL the data lies on the device and is gathered by index; on the CPU backends putting
 * a batch together in JavaScript is faster.
 */
import {
  dispose,
  gather,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor2D,
} from '../../models/engine/tf.ts';
import type { Backend } from '../run.ts';
import { outputsOf, targetRows, type Targets } from './targets.ts';

interface Batch {
  x: Tensor2D; // [batch, width]
  y: Tensor2D; // [batch, outputs]
  weights: Tensor2D; // [batch, 1]
}

export interface Batches {
  /** To be called in a tidy. */
  take(rows: Uint32Array): Batch;
  dispose(): void;
}

export interface TrainingRows {
  /** [n, width] row-major */
  features: Float32Array | Float64Array;
  width: number;
  targets: Targets;
  /** One a row; null for all alike. */
  weights: Float32Array | null;
}

export function createBatches(data: TrainingRows, backend: Backend): Batches {
  return backend === 'webgl' ? resident(data) : assembled(data);
}

function resident({ features, width, targets, weights }: TrainingRows): Batches {
  const n = targets.values.length;
  const all = Uint32Array.from({ length: n }, (_, i) => i);
  const y = new Float32Array(n * outputsOf(targets));
  targetRows(targets, all, y);
  const whole = {
    x: tensor2d(Float32Array.from(features), [n, width]),
    y: tensor2d(y, [n, outputsOf(targets)]),
    weights: tensor2d(weights ?? new Float32Array(n).fill(1), [n, 1]),
  };
  return {
    take(rows) {
      const index = tensor1d(Int32Array.from(rows), 'int32');
      return {
        x: gather(whole.x, index),
        y: gather(whole.y, index),
        weights: gather(whole.weights, index),
      };
    },
    dispose: () => dispose(whole),
  };
}

function assembled({ features, width, targets, weights }: TrainingRows): Batches {
  const outputs = outputsOf(targets);
  return {
    take(rows) {
      const x = new Float32Array(rows.length * width);
      const y = new Float32Array(rows.length * outputs);
      const w = new Float32Array(rows.length);
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] ?? 0;
        const from = row * width;
        for (let j = 0; j < width; j++) x[i * width + j] = features[from + j] ?? 0;
        w[i] = weights ? (weights[row] ?? 1) : 1;
      }
      targetRows(targets, rows, y);
      return tidy(() => ({
        x: tensor2d(x, [rows.length, width]),
        y: tensor2d(y, [rows.length, outputs]),
        weights: tensor2d(w, [rows.length, 1]),
      }));
    },
    dispose: () => undefined,
  };
}
