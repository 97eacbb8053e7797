/** Layer norm over the last dimension, [rows, columns]. AssemblyScript. Constants are models/norms.ts's. */
import { columnSums } from '../copy/assembly';
import { loadUpTo4, madd, storeUpTo4, sumOf } from '../lanes/assembly';

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
