/** Batch norm over the last dimension, [rows, columns]. AssemblyScript. Constants are models/norms.ts's. */
import { columnSums } from '../copy/assembly';
import { floats, loadPart, loadUpTo4, madd, storeOrAdd, storePart, storeUpTo4 } from '../lanes/assembly';
import { addProducts, addSquares } from './columns.assembly';

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
  const bytes = floats(columns);
  const share = f32x4.splat(1 / <f32>rows);
  columnSums(x, rows, columns, centre);
  for (let k = 0; k < columns; k += 4) {
    const at = floats(k);
    storeUpTo4(centre + at, f32x4.mul(loadUpTo4(centre + at, columns - k), share), columns - k);
  }
  memory.fill(spread, 0, bytes);
  for (let first = 0; first < rows; first += blockRows)
    addSquares(
      x + <usize>first * bytes,
      centre,
      min(blockRows, rows - first),
      columns,
      spread,
    );
  const kept = f32x4.splat(momentum);
  const fresh = f32x4.splat(1 - momentum);
  for (let k = 0; k < columns; k += 4) {
    const at = floats(k);
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
    const at = floats(k);
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
  const bytes = floats(columns);
  for (let first = 0; first < rows; first += blockRows) {
    const count = min(blockRows, rows - first);
    const start = <usize>first * bytes;
    let k = 0;
    for (; k + 8 <= columns; k += 8) {
      const at = floats(k);
      const m0 = v128.load(centre + at),
        m1 = v128.load(centre + at, 16);
      const scale0 = f32x4.mul(v128.load(spread + at), v128.load(gamma + at)),
        scale1 = f32x4.mul(v128.load(spread + at, 16), v128.load(gamma + at, 16));
      const shift0 = v128.load(beta + at),
        shift1 = v128.load(beta + at, 16);
      let offset = start + at;
      for (let row = 0; row < count; row++) {
        const x0 = v128.load(x + offset),
          x1 = v128.load(x + offset, 16);
        v128.store(y + offset, madd(f32x4.sub(x0, m0), scale0, shift0));
        v128.store(y + offset, madd(f32x4.sub(x1, m1), scale1, shift1), 16);
        offset += bytes;
      }
    }
    for (; k < columns; k += 4) {
      const at = floats(k);
      const rest = columns - k;
      const mean = loadUpTo4(centre + at, rest);
      const scale = f32x4.mul(loadUpTo4(spread + at, rest), loadUpTo4(gamma + at, rest));
      const shift = loadUpTo4(beta + at, rest);
      let offset = start + at;
      for (let row = 0; row < count; row++) {
        const off = f32x4.sub(loadUpTo4(x + offset, rest), mean);
        storeUpTo4(y + offset, madd(off, scale, shift), rest);
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
  const bytes = floats(columns);
  columnSums(gradient, rows, columns, betaGradient);
  memory.fill(gammaGradient, 0, bytes);
  for (let first = 0; first < rows; first += blockRows)
    addProducts(
      x + <usize>first * bytes,
      centre,
      spread,
      gradient + <usize>first * bytes,
      min(blockRows, rows - first),
      columns,
      gammaGradient,
    );
  if (inputGradient == 0) return;
  const share = f32x4.splat(1 / <f32>rows);
  for (let first = 0; first < rows; first += blockRows) {
    const count = min(blockRows, rows - first);
    for (let k = 0; k < columns; k += 4) {
      const at = floats(k);
      const rest = columns - k;
      const mean = loadUpTo4(centre + at, rest);
      const width = loadUpTo4(spread + at, rest);
      const scale = f32x4.mul(width, loadUpTo4(gamma + at, rest));
      const level = f32x4.mul(loadUpTo4(betaGradient + at, rest), share);
      const tilt = f32x4.mul(f32x4.mul(loadUpTo4(gammaGradient + at, rest), share), width);
      const start = <usize>first * bytes + at;
      let from = x + start,
        rise = gradient + start,
        to = inputGradient + start;
      if (rest >= 4)
        for (let row = 0; row < count; row++) {
          const slope = slopeOf(v128.load(from), v128.load(rise), mean, level, tilt, scale);
          storeOrAdd(to, slope, accumulate);
          from += bytes;
          rise += bytes;
          to += bytes;
        }
      else
        for (let row = 0; row < count; row++) {
          let slope = slopeOf(loadPart(from, rest), loadPart(rise, rest), mean, level, tilt, scale);
          if (accumulate) slope = f32x4.add(slope, loadPart(to, rest));
          storePart(to, slope, rest);
          from += bytes;
          rise += bytes;
          to += bytes;
        }
    }
  }
}

/** (gradient − level − (x − mean) · tilt) · scale */
// @ts-ignore: decorator
@inline
function slopeOf(x: v128, gradient: v128, mean: v128, level: v128, tilt: v128, scale: v128): v128 {
  const rise = f32x4.sub(gradient, level);
  return f32x4.mul(f32x4.sub(rise, f32x4.mul(f32x4.sub(x, mean), tilt)), scale);
}
