/** Batch norm and layer norm over the last dimension, [rows, columns]. AssemblyScript. Constants are models/norms.ts's. */
import { columnSums } from '../copy/assembly';
import { loadUpTo4, madd, storeUpTo4, sumOf } from '../lanes/assembly';

/** Rows whose sums are taken while they lie in the first cache. */
const blockRows: i32 = 64;

/**
 * By the rows' own mean and variance, which moving averages follow; no rows have none, and nothing is written.
 * @param centre [columns], what was taken off; @param spread [columns], 1 / √(variance + ε): both for the way back
 */
export function batchNorm(
  x: usize,
  gamma: usize,
  beta: usize,
  movingMean: usize,
  movingVariance: usize,
  y: usize,
  centre: usize,
  spread: usize,
  rows: i32,
  columns: i32,
  epsilon: f32,
  momentum: f32,
): void {
  if (rows == 0) return;
  const bytes = (<usize>columns) << 2;
  const share = f32x4.splat(1 / <f32>rows);
  columnSums(x, rows, columns, centre);
  for (let k = 0; k < columns; k += 4) {
    const at = (<usize>k) << 2;
    storeUpTo4(centre + at, f32x4.mul(loadUpTo4(centre + at, columns - k), share), columns - k);
  }
  memory.fill(spread, 0, bytes);
  for (let first = 0; first < rows; first += blockRows) {
    const last = min(rows, first + blockRows);
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const rest = columns - k;
      const mean = loadUpTo4(centre + at, rest);
      let sum = loadUpTo4(spread + at, rest);
      let from = x + <usize>first * bytes + at;
      for (let row = first; row < last; row++) {
        const off = f32x4.sub(loadUpTo4(from, rest), mean);
        sum = madd(off, off, sum);
        from += bytes;
      }
      storeUpTo4(spread + at, sum, rest);
    }
  }
  const kept = f32x4.splat(momentum);
  const fresh = f32x4.splat(1 - momentum);
  for (let k = 0; k < columns; k += 4) {
    const at = (<usize>k) << 2;
    const rest = columns - k;
    const variance = f32x4.mul(loadUpTo4(spread + at, rest), share);
    const mean = loadUpTo4(centre + at, rest);
    follow(movingMean + at, mean, kept, fresh, rest);
    follow(movingVariance + at, variance, kept, fresh, rest);
    const root = f32x4.sqrt(f32x4.add(variance, f32x4.splat(epsilon)));
    storeUpTo4(spread + at, f32x4.div(f32x4.splat(1), root), rest);
  }
  normalise(x, gamma, beta, centre, spread, y, rows, columns);
}

// @ts-ignore: decorator
@inline
function follow(average: usize, value: v128, kept: v128, fresh: v128, rest: i32): void {
  const next = f32x4.add(f32x4.mul(loadUpTo4(average, rest), kept), f32x4.mul(value, fresh));
  storeUpTo4(average, next, rest);
}

/** By moving averages, when nothing is learned. @param spread [columns] of scratch */
export function batchNormFixed(
  x: usize,
  gamma: usize,
  beta: usize,
  movingMean: usize,
  movingVariance: usize,
  y: usize,
  spread: usize,
  rows: i32,
  columns: i32,
  epsilon: f32,
): void {
  for (let k = 0; k < columns; k += 4) {
    const at = (<usize>k) << 2;
    const rest = columns - k;
    const variance = loadUpTo4(movingVariance + at, rest);
    const root = f32x4.sqrt(f32x4.add(variance, f32x4.splat(epsilon)));
    storeUpTo4(spread + at, f32x4.div(f32x4.splat(1), root), rest);
  }
  normalise(x, gamma, beta, movingMean, spread, y, rows, columns);
}

/** y = (x − centre) · spread · γ + β */
function normalise(
  x: usize,
  gamma: usize,
  beta: usize,
  centre: usize,
  spread: usize,
  y: usize,
  rows: i32,
  columns: i32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let first = 0; first < rows; first += blockRows) {
    const last = min(rows, first + blockRows);
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const rest = columns - k;
      const mean = loadUpTo4(centre + at, rest);
      const scale = f32x4.mul(loadUpTo4(spread + at, rest), loadUpTo4(gamma + at, rest));
      const shift = loadUpTo4(beta + at, rest);
      let offset = <usize>first * bytes + at;
      for (let row = first; row < last; row++) {
        storeUpTo4(
          y + offset,
          madd(f32x4.sub(loadUpTo4(x + offset, rest), mean), scale, shift),
          rest,
        );
        offset += bytes;
      }
    }
  }
}

/** ∂γ = Σ g x̂, ∂β = Σ g, ∂x = γ · spread · (g − mean(g) − x̂ · mean(g x̂)) */
export function batchNormGradient(
  x: usize,
  gamma: usize,
  centre: usize,
  spread: usize,
  gradient: usize,
  gammaGradient: usize,
  betaGradient: usize,
  inputGradient: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
): void {
  const bytes = (<usize>columns) << 2;
  columnSums(gradient, rows, columns, betaGradient);
  memory.fill(gammaGradient, 0, bytes);
  for (let first = 0; first < rows; first += blockRows) {
    const last = min(rows, first + blockRows);
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const rest = columns - k;
      const mean = loadUpTo4(centre + at, rest);
      let sum = f32x4.splat(0);
      let offset = <usize>first * bytes + at;
      for (let row = first; row < last; row++) {
        const off = f32x4.sub(loadUpTo4(x + offset, rest), mean);
        sum = madd(off, loadUpTo4(gradient + offset, rest), sum);
        offset += bytes;
      }
      const own = f32x4.mul(sum, loadUpTo4(spread + at, rest));
      storeUpTo4(
        gammaGradient + at,
        f32x4.add(loadUpTo4(gammaGradient + at, rest), own),
        rest,
      );
    }
  }
  if (inputGradient == 0) return;
  const share = f32x4.splat(1 / <f32>rows);
  for (let first = 0; first < rows; first += blockRows) {
    const last = min(rows, first + blockRows);
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const rest = columns - k;
      const mean = loadUpTo4(centre + at, rest);
      const width = loadUpTo4(spread + at, rest);
      const scale = f32x4.mul(width, loadUpTo4(gamma + at, rest));
      const level = f32x4.mul(loadUpTo4(betaGradient + at, rest), share);
      const tilt = f32x4.mul(f32x4.mul(loadUpTo4(gammaGradient + at, rest), share), width);
      let offset = <usize>first * bytes + at;
      for (let row = first; row < last; row++) {
        const off = f32x4.sub(loadUpTo4(x + offset, rest), mean);
        const rise = f32x4.sub(loadUpTo4(gradient + offset, rest), level);
        let slope = f32x4.mul(f32x4.sub(rise, f32x4.mul(off, tilt)), scale);
        if (accumulate) slope = f32x4.add(slope, loadUpTo4(inputGradient + offset, rest));
        storeUpTo4(inputGradient + offset, slope, rest);
        offset += bytes;
      }
    }
  }
}

/** @param centre [rows], @param spread [rows]: each row's mean and 1 / √(variance + ε), for the way back */
export function layerNorm(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  centre: usize,
  spread: usize,
  rows: i32,
  columns: i32,
  epsilon: f32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    let sum = f32x4.splat(0);
    for (let k = 0; k < columns; k += 4)
      sum = f32x4.add(sum, loadUpTo4(x + ((<usize>k) << 2), columns - k));
    const mean = sumOf(sum) / <f32>columns;
    const means = f32x4.splat(mean);
    sum = f32x4.splat(0);
    for (let k = 0; k < columns; k += 4) {
      const rest = columns - k;
      let off = f32x4.sub(loadUpTo4(x + ((<usize>k) << 2), rest), means);
      if (rest < 4) off = firstOf(off, rest);
      sum = madd(off, off, sum);
    }
    const width = <f32>1 / sqrt<f32>(sumOf(sum) / <f32>columns + epsilon);
    const widths = f32x4.splat(width);
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const rest = columns - k;
      const unit = f32x4.mul(f32x4.sub(loadUpTo4(x + at, rest), means), widths);
      storeUpTo4(y + at, madd(unit, loadUpTo4(gamma + at, rest), loadUpTo4(beta + at, rest)), rest);
    }
    store<f32>(centre + ((<usize>row) << 2), mean);
    store<f32>(spread + ((<usize>row) << 2), width);
    x += bytes;
    y += bytes;
  }
}

/** The first `count` lanes; 0 for the others. */
function firstOf(x: v128, count: i32): v128 {
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}

/** As batchNormGradient, each row by itself. */
export function layerNormGradient(
  x: usize,
  gamma: usize,
  centre: usize,
  spread: usize,
  gradient: usize,
  gammaGradient: usize,
  betaGradient: usize,
  inputGradient: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
): void {
  const bytes = (<usize>columns) << 2;
  memory.fill(gammaGradient, 0, bytes);
  columnSums(gradient, rows, columns, betaGradient);
  for (let row = 0; row < rows; row++) {
    const mean = f32x4.splat(load<f32>(centre + ((<usize>row) << 2)));
    const width = f32x4.splat(load<f32>(spread + ((<usize>row) << 2)));
    let level = f32x4.splat(0);
    let tilt = f32x4.splat(0);
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const rest = columns - k;
      const unit = f32x4.mul(f32x4.sub(loadUpTo4(x + at, rest), mean), width);
      const slope = loadUpTo4(gradient + at, rest);
      const own = loadUpTo4(gammaGradient + at, rest);
      storeUpTo4(gammaGradient + at, madd(unit, slope, own), rest);
      const scaled = f32x4.mul(slope, loadUpTo4(gamma + at, rest));
      level = f32x4.add(level, scaled);
      tilt = madd(scaled, unit, tilt);
    }
    if (inputGradient != 0) {
      const levels = f32x4.splat(sumOf(level) / <f32>columns);
      const tilts = f32x4.splat(sumOf(tilt) / <f32>columns);
      for (let k = 0; k < columns; k += 4) {
        const at = (<usize>k) << 2;
        const rest = columns - k;
        const unit = f32x4.mul(f32x4.sub(loadUpTo4(x + at, rest), mean), width);
        const scaled = f32x4.mul(loadUpTo4(gradient + at, rest), loadUpTo4(gamma + at, rest));
        const inner = f32x4.sub(f32x4.sub(scaled, levels), f32x4.mul(unit, tilts));
        let slope = f32x4.mul(inner, width);
        if (accumulate) slope = f32x4.add(slope, loadUpTo4(inputGradient + at, rest));
        storeUpTo4(inputGradient + at, slope, rest);
      }
      inputGradient += bytes;
    }
    x += bytes;
    gradient += bytes;
  }
}
