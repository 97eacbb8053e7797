/**
 * Losses with their gradients, float32, and what a step needs beside them. AssemblyScript. Each gives
 * Σ weight · loss over the rows and writes the gradient of that sum times `scale`.
 */
import { sigmoid } from './activation';

/** Softmax cross-entropy of logits [rows, classes]; targets [rows, classes], one-hot; weights [rows]. */
export function categoricalLoss(
  logits: usize,
  targets: usize,
  weights: usize,
  gradient: usize,
  rows: i32,
  classes: i32,
  scale: f32,
): f32 {
  let total: f32 = 0;
  for (let row = 0; row < rows; row++) {
    const from = (<usize>(row * classes)) << 2;
    const weight = load<f32>(weights + ((<usize>row) << 2));
    let largest: f32 = -Infinity;
    for (let k = 0; k < classes; k++)
      largest = max(largest, load<f32>(logits + from + ((<usize>k) << 2)));
    let sum: f32 = 0;
    let dot: f32 = 0;
    for (let k = 0; k < classes; k++) {
      const at = from + ((<usize>k) << 2);
      const shifted = load<f32>(logits + at) - largest;
      const power = Mathf.exp(shifted);
      sum += power;
      dot += shifted * load<f32>(targets + at);
      store<f32>(gradient + at, power);
    }
    total += weight * (Mathf.log(sum) - dot);
    for (let k = 0; k < classes; k++) {
      const at = from + ((<usize>k) << 2);
      const difference = load<f32>(gradient + at) / sum - load<f32>(targets + at);
      store<f32>(gradient + at, scale * weight * difference);
    }
  }
  return total;
}

/** Cross-entropy of one logit a row; targets are 0 or 1. */
export function binaryLoss(
  logits: usize,
  targets: usize,
  weights: usize,
  gradient: usize,
  rows: i32,
  scale: f32,
): f32 {
  let total: f32 = 0;
  for (let row = 0; row < rows; row++) {
    const at = (<usize>row) << 2;
    const z = load<f32>(logits + at);
    const y = load<f32>(targets + at);
    const weight = load<f32>(weights + at);
    total += weight * (max<f32>(z, 0) - z * y + Mathf.log(1 + Mathf.exp(-Mathf.abs(z))));
    store<f32>(gradient + at, scale * weight * (sigmoid(z) - y));
  }
  return total;
}

/** (output − target)² of one output a row. */
export function squaredLoss(
  outputs: usize,
  targets: usize,
  weights: usize,
  gradient: usize,
  rows: i32,
  scale: f32,
): f32 {
  let total: f32 = 0;
  for (let row = 0; row < rows; row++) {
    const at = (<usize>row) << 2;
    const error = load<f32>(outputs + at) - load<f32>(targets + at);
    const weight = load<f32>(weights + at);
    total += weight * error * error;
    store<f32>(gradient + at, scale * weight * 2 * error);
  }
  return total;
}

/** Σ over the rows of each column: a bias's gradient. */
export function columnSums(values: usize, rows: i32, columns: i32, sums: usize): void {
  memory.fill(sums, 0, (<usize>columns) << 2);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < columns; k++) {
      const at = sums + ((<usize>k) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(values + ((<usize>(row * columns + k)) << 2)));
    }
}

/** gradient += l2 · weight + l1 · sign(weight) */
export function regularise(gradient: usize, weight: usize, count: i32, l2: f32, l1: f32): void {
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    const w = load<f32>(weight + at);
    const sign: f32 = w > 0 ? 1 : w < 0 ? -1 : 0;
    store<f32>(gradient + at, load<f32>(gradient + at) + l2 * w + l1 * sign);
  }
}
