/**
 * Self-attention of several heads between its dense layers. AssemblyScript. Queries, keys and values side by side,
 * [batch, steps, 3 · width]; a head is `width / heads` of each. Shares: [batch, heads, steps, steps].
 */
import { gemm } from '../gemm/assembly';
import { gemmScratch } from '../gemm/scratch.assembly';
import { exp4, floats, loadUpTo4, madd, storeUpTo4, sumOf } from '../lanes/assembly';

/** Bytes of scratch for a pass either way. */
export function attentionScratch(steps: i32, depth: i32): i32 {
  const square = ((steps * steps + 3) / 4) * 16;
  return square + gemmScratch(steps, max(steps, depth), max(steps, depth));
}

/** mixed[batch, steps, width] = softmax(Q Kᵀ / √depth) V @param mask [batch, steps]; 0 for none */
export function attend(
  all: usize,
  mask: usize,
  shares: usize,
  mixed: usize,
  batch: i32,
  steps: i32,
  width: i32,
  heads: i32,
  isCausal: bool,
  scratch: usize,
): void {
  const depth = width / heads;
  const wide = 3 * width;
  const factor = <f32>(1 / Math.sqrt(<f64>depth));
  for (let row = 0; row < batch; row++)
    for (let head = 0; head < heads; head++) {
      const q = all + floats(row * steps * wide + head * depth);
      const k = q + floats(width);
      const v = k + floats(width);
      const p = shares + floats((row * heads + head) * steps * steps);
      const y = mixed + floats(row * steps * width + head * depth);
      gemm(q, wide, 1, k, 1, wide, p, steps, steps, steps, depth, false, scratch);
      softmax(p, mask == 0 ? 0 : mask + floats(row * steps), steps, isCausal, factor);
      gemm(p, steps, 1, v, wide, 1, y, width, steps, depth, steps, false, scratch);
    }
}

/** Rows of scores to shares, in place; hidden steps get 0, and a row with nothing to see gets equal shares. */
function softmax(p: usize, mask: usize, steps: i32, isCausal: bool, factor: f32): void {
  const hidden = f32x4.splat(-1e9);
  const ramp = i32x4(0, 1, 2, 3);
  const factors = f32x4.splat(factor);
  for (let row = 0; row < steps; row++) {
    let most4 = f32x4.splat(-Infinity);
    for (let k = 0; k < steps; k += 4) {
      const at = p + floats(k);
      const left = steps - k;
      let score = f32x4.mul(loadUpTo4(at, left), factors);
      const place = i32x4.add(ramp, i32x4.splat(k));
      if (isCausal && k + 3 > row)
        score = f32x4.add(score, v128.and(hidden, i32x4.gt_s(place, i32x4.splat(row))));
      if (mask != 0) {
        const isPadding = f32x4.eq(loadUpTo4(mask + floats(k), left), f32x4.splat(0));
        score = f32x4.add(score, v128.and(hidden, isPadding));
      }
      storeUpTo4(at, score, left);
      if (left < 4)
        score = v128.bitselect(score, most4, i32x4.lt_s(place, i32x4.splat(steps)));
      most4 = f32x4.pmax(most4, score);
    }
    const largest = max(
      max(f32x4.extract_lane(most4, 0), f32x4.extract_lane(most4, 1)),
      max(f32x4.extract_lane(most4, 2), f32x4.extract_lane(most4, 3)),
    );
    const most = f32x4.splat(largest);
    let sums = f32x4.splat(0);
    for (let k = 0; k < steps; k += 4) {
      const at = p + floats(k);
      const left = steps - k;
      const power = exp4(f32x4.sub(loadUpTo4(at, left), most));
      storeUpTo4(at, power, left);
      sums = f32x4.add(sums, loadUpTo4(at, left)); // 0 beyond the row
    }
    const share = f32x4.splat(<f32>1 / sumOf(sums));
    for (let k = 0; k < steps; k += 4) {
      const at = p + floats(k);
      storeUpTo4(at, f32x4.mul(loadUpTo4(at, steps - k), share), steps - k);
    }
    p += floats(steps);
  }
}

/** @param allGradient of `all`, as wide */
export function attendGradient(
  all: usize,
  shares: usize,
  gradient: usize,
  allGradient: usize,
  batch: i32,
  steps: i32,
  width: i32,
  heads: i32,
  scratch: usize,
): void {
  const depth = width / heads;
  const wide = 3 * width;
  const factor = <f32>(1 / Math.sqrt(<f64>depth));
  const slopes = scratch;
  const rest = scratch + ((steps * steps + 3) / 4) * 16;
  for (let row = 0; row < batch; row++)
    for (let head = 0; head < heads; head++) {
      const from = floats(row * steps * wide + head * depth);
      const q = all + from;
      const k = q + floats(width);
      const v = k + floats(width);
      const dq = allGradient + from;
      const dk = dq + floats(width);
      const dv = dk + floats(width);
      const p = shares + floats((row * heads + head) * steps * steps);
      const dy = gradient + floats(row * steps * width + head * depth);
      gemm(p, 1, steps, dy, width, 1, dv, wide, steps, depth, steps, false, rest);
      gemm(dy, width, 1, v, 1, wide, slopes, steps, steps, steps, depth, false, rest);
      softmaxGradient(p, slopes, steps, factor);
      gemm(slopes, steps, 1, k, wide, 1, dq, wide, steps, depth, steps, false, rest);
      gemm(slopes, 1, steps, q, wide, 1, dk, wide, steps, depth, steps, false, rest);
    }
}

/** slopes ← p · (slopes − Σ p · slopes) · factor, row by row */
function softmaxGradient(p: usize, slopes: usize, steps: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let row = 0; row < steps; row++) {
    let dots = f32x4.splat(0);
    for (let k = 0; k < steps; k += 4) {
      const at = floats(k);
      dots = madd(loadUpTo4(p + at, steps - k), loadUpTo4(slopes + at, steps - k), dots);
    }
    const dot = f32x4.splat(sumOf(dots));
    for (let k = 0; k < steps; k += 4) {
      const at = floats(k);
      const left = steps - k;
      const slope = f32x4.mul(
        loadUpTo4(p + at, left),
        f32x4.sub(loadUpTo4(slopes + at, left), dot),
      );
      storeUpTo4(slopes + at, f32x4.mul(slope, factors), left);
    }
    p += floats(steps);
    slopes += floats(steps);
  }
}
