/**
 * Losses with their gradients, float32, and what a step needs beside them. AssemblyScript. Each gives
 * Σ weight · loss over the rows and writes the gradient of that sum times `scale`.
 */
import { exp1, exp4, loadUpTo4, log1, madd, storeUpTo4, sumOf } from '../lanes/assembly';

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
    let sums = f32x4.splat(0);
    let dots = f32x4.splat(0);
    const most = f32x4.splat(largest);
    for (let k = 0; k < classes; k += 4) {
      const at = from + ((<usize>k) << 2);
      const left = classes - k;
      const shifted = f32x4.sub(loadUpTo4(logits + at, left), most);
      const power = exp4(shifted);
      storeUpTo4(gradient + at, power, left);
      dots = madd(shifted, loadUpTo4(targets + at, left), dots);
      sums = f32x4.add(sums, loadUpTo4(gradient + at, left)); // 0 beyond the row
    }
    const sum = sumOf(sums);
    total += weight * (log1(sum) - sumOf(dots));
    const share = f32x4.splat(<f32>1 / sum);
    const scales = f32x4.splat(scale * weight);
    for (let k = 0; k < classes; k += 4) {
      const at = from + ((<usize>k) << 2);
      const left = classes - k;
      const answer = f32x4.mul(loadUpTo4(gradient + at, left), share);
      const difference = f32x4.sub(answer, loadUpTo4(targets + at, left));
      storeUpTo4(gradient + at, f32x4.mul(difference, scales), left);
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
    const power = exp1(-abs<f32>(z));
    total += weight * (max<f32>(z, 0) - z * y + log1(<f32>1 + power));
    const answer: f32 = (z >= 0 ? <f32>1 : power) / (<f32>1 + power);
    store<f32>(gradient + at, scale * weight * (answer - y));
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

/** gradient += l2 · weight + l1 · sign(weight) */
export function regularise(gradient: usize, weight: usize, count: i32, l2: f32, l1: f32): void {
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    const w = load<f32>(weight + at);
    const sign: f32 = w > 0 ? 1 : w < 0 ? -1 : 0;
    store<f32>(gradient + at, load<f32>(gradient + at) + l2 * w + l1 * sign);
  }
}
