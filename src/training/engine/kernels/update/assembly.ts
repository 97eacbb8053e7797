/**
 * Optimisers' updates of all weights at once, in place, float32 on 128-bit vectors. AssemblyScript. `count` is a
 * multiple of 4. What is kept of weights that nothing reaches any more (a dead unit's, a rare token's) shrinks step by
 * step until it is subnormal, and stays so; processors compute such numbers many times more slowly, so none is kept.
 */
import { scale, sumOfSquares } from '../copy/assembly';
import { madd } from '../lanes/assembly';

/** The smallest float32 with all its digits. */
const leastNormal: f32 = 1.17549435e-38;
/** 2⁻⁵⁴: the mean of a gradient is 0 below it, and its squares are averaged as if it were no smaller. Beside any usual ε it is nothing. */
const leastGradient: f32 = 5.5511151e-17;

/** 0 for what is nearer to it than `least`; a NaN stays. */
// @ts-ignore: decorator
@inline
function withoutLess(x: v128, least: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), least));
}

/** @param least that counts as the gradient's size where it is below; a NaN stays */
// @ts-ignore: decorator
@inline
function squareOf(gradient: v128, least: v128): v128 {
  const size = f32x4.pmax(f32x4.abs(gradient), least);
  return f32x4.mul(size, size);
}

/** v ← μ v + g; w ← w − rate · (v, or g + μ v for Nesterov). @param decay λ, whose λ w the gradient takes */
export function updateSgd(
  weight: usize,
  gradient: usize,
  velocity: usize,
  count: i32,
  rate: f32,
  momentum: f32,
  nesterov: bool,
  decay: f32,
): void {
  const decays = f32x4.splat(decay);
  const rates = f32x4.splat(rate);
  const momenta = f32x4.splat(momentum);
  const least = f32x4.splat(leastNormal);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const w = v128.load(weight + at);
    const g = f32x4.add(v128.load(gradient + at), f32x4.mul(w, decays));
    let direction = g;
    if (momentum != 0) {
      const kept = f32x4.mul(v128.load(velocity + at), momenta);
      const v = withoutLess(f32x4.add(kept, g), least);
      v128.store(velocity + at, v);
      direction = nesterov ? f32x4.add(g, f32x4.mul(v, momenta)) : v;
    }
    v128.store(weight + at, f32x4.sub(w, f32x4.mul(direction, rates)));
  }
}

/**
 * Adam (Kingma and Ba 2015), with decoupled decay AdamW (Loshchilov and Hutter 2019).
 * @param stepSize rate / (1 − β₁ᵗ); @param correction 1 / (1 − β₂ᵗ); @param decay coupled λ, added to the gradient
 * @param shrink 1 − rate · λ where decay is decoupled, else 1
 */
export function updateAdam(
  weight: usize,
  gradient: usize,
  first: usize,
  second: usize,
  count: i32,
  stepSize: f32,
  correction: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  decay: f32,
  shrink: f32,
): void {
  const b1 = f32x4.splat(beta1);
  const c1 = f32x4.splat(1 - beta1);
  const b2 = f32x4.splat(beta2);
  const c2 = f32x4.splat(1 - beta2);
  const sizes = f32x4.splat(-stepSize);
  const corrections = f32x4.splat(correction);
  const epsilons = f32x4.splat(epsilon);
  const decays = f32x4.splat(decay);
  const shrinks = f32x4.splat(shrink);
  const least = f32x4.splat(leastGradient);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const w = v128.load(weight + at);
    const g = madd(w, decays, v128.load(gradient + at));
    const m = withoutLess(madd(v128.load(first + at), b1, f32x4.mul(g, c1)), least);
    const v = madd(v128.load(second + at), b2, f32x4.mul(squareOf(g, least), c2));
    v128.store(first + at, m);
    v128.store(second + at, v);
    const deviation = f32x4.add(f32x4.sqrt(f32x4.mul(v, corrections)), epsilons);
    // Multiplied before it is divided: where steps are far too large that is no number, and the run ends as diverged.
    v128.store(weight + at, madd(w, shrinks, f32x4.div(f32x4.mul(m, sizes), deviation)));
  }
}

/** a ← decay · a + (1 − decay) · g²; w ← w − rate · g / (√a + ε) (Tieleman and Hinton 2012). @param weightDecay as SGD's */
export function updateRmsprop(
  weight: usize,
  gradient: usize,
  average: usize,
  count: i32,
  rate: f32,
  decay: f32,
  epsilon: f32,
  weightDecay: f32,
): void {
  const decays = f32x4.splat(decay);
  const shares = f32x4.splat(weightDecay);
  const others = f32x4.splat(1 - decay);
  const least = f32x4.splat(leastGradient);
  const rates = f32x4.splat(-rate);
  const epsilons = f32x4.splat(epsilon);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const w = v128.load(weight + at);
    const g = madd(w, shares, v128.load(gradient + at));
    const a = madd(v128.load(average + at), decays, f32x4.mul(squareOf(g, least), others));
    v128.store(average + at, a);
    const deviation = f32x4.add(f32x4.sqrt(a), epsilons);
    v128.store(weight + at, f32x4.add(w, f32x4.div(f32x4.mul(g, rates), deviation)));
  }
}

/** Each number to within ± limit; a NaN stays one. */
export function clip(gradient: usize, count: i32, limit: f32): void {
  const most = f32x4.splat(limit);
  const least = f32x4.splat(-limit);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const g = v128.load(gradient + at);
    v128.store(gradient + at, f32x4.pmax(f32x4.pmin(g, most), least));
  }
}

/** All numbers times the factor that makes their norm the limit, where it is above it. */
export function clipNorm(gradient: usize, count: i32, limit: f32): void {
  const norm = Math.sqrt(sumOfSquares(gradient, count));
  if (norm > <f64>limit) scale(gradient, <f32>(<f64>limit / norm), count);
}
