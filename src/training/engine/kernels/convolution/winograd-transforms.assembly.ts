/**
 * The transforms of Winograd's minimal filtering F(side × side, 3 × 3) for sides of 2 and 4 (Lavin and Gray 2016), for
 * four channels at once. AssemblyScript. A tile is read and written by three 1-D transforms, Bᵀ of pixels, G of
 * windows and Aᵀ of products, and back by two more, A of slopes and Gᵀ of sums; each takes numbers that are `step`
 * bytes apart and gives numbers that are `stepTo` apart, so that one along each side is one of the tile. They are those
 * of Toom and Cook for the points 0, ±1 and ∞ and, for a side of 4, 0, ±√½, ±√2 and ∞, whose rounding errors are less
 * than half of those of 0, ±1, ±2 and ∞ (Alam et al. 2022).
 */
import { madd } from '../lanes/assembly';

/** Points of a side of 4, and what M′ is there, M = x (x² − ½) (x² − 2). */
const near: f32 = 0.707106781186547524,
  far: f32 = 1.41421356237309505;
const slopeNear: f32 = -1.5,
  slopeFar: f32 = 6;

// @ts-ignore: decorator
@inline
function at(from: usize, step: usize, index: i32): v128 {
  return v128.load(from + <usize>index * step);
}

// @ts-ignore: decorator
@inline
function put(to: usize, step: usize, index: i32, lanes: v128): void {
  v128.store(to + <usize>index * step, lanes);
}

/** x + factor · y */
// @ts-ignore: decorator
@inline
function plus(x: v128, factor: f32, y: v128): v128 {
  return madd(y, f32x4.splat(factor), x);
}

// @ts-ignore: decorator
@inline
function times(factor: f32, x: v128): v128 {
  return f32x4.mul(x, f32x4.splat(factor));
}

/** Bᵀ: side + 2 pixels become as many. */
// @ts-ignore: decorator
@inline
export function pixels(side: i32, from: usize, step: usize, to: usize, stepTo: usize): void {
  const d0 = at(from, step, 0),
    d1 = at(from, step, 1),
    d2 = at(from, step, 2),
    d3 = at(from, step, 3);
  if (side == 2) {
    put(to, stepTo, 0, f32x4.sub(d0, d2));
    put(to, stepTo, 1, f32x4.add(d1, d2));
    put(to, stepTo, 2, f32x4.sub(d2, d1));
    put(to, stepTo, 3, f32x4.sub(d1, d3));
    return;
  }
  const d4 = at(from, step, 4),
    d5 = at(from, step, 5);
  put(to, stepTo, 0, plus(f32x4.add(d0, d4), -2.5, d2));
  const evenNear = plus(d4, -2, d2),
    oddNear = times(near, plus(d3, -2, d1));
  put(to, stepTo, 1, f32x4.add(evenNear, oddNear));
  put(to, stepTo, 2, f32x4.sub(evenNear, oddNear));
  const evenFar = plus(d4, -0.5, d2),
    oddFar = times(far, plus(d3, -0.5, d1));
  put(to, stepTo, 3, f32x4.add(evenFar, oddFar));
  put(to, stepTo, 4, f32x4.sub(evenFar, oddFar));
  put(to, stepTo, 5, plus(f32x4.add(d1, d5), -2.5, d3));
}

/** G: a window's three numbers become side + 2. */
// @ts-ignore: decorator
@inline
export function windows(side: i32, from: usize, step: usize, to: usize, stepTo: usize): void {
  const g0 = at(from, step, 0),
    g1 = at(from, step, 1),
    g2 = at(from, step, 2);
  put(to, stepTo, 0, g0);
  if (side == 2) {
    const even = times(0.5, f32x4.add(g0, g2)),
      odd = times(0.5, g1);
    put(to, stepTo, 1, f32x4.add(even, odd));
    put(to, stepTo, 2, f32x4.sub(even, odd));
    put(to, stepTo, 3, g2);
    return;
  }
  const evenNear = times(1 / slopeNear, plus(g0, 0.5, g2)),
    oddNear = times(near / slopeNear, g1);
  put(to, stepTo, 1, f32x4.add(evenNear, oddNear));
  put(to, stepTo, 2, f32x4.sub(evenNear, oddNear));
  const evenFar = times(1 / slopeFar, plus(g0, 2, g2)),
    oddFar = times(far / slopeFar, g1);
  put(to, stepTo, 3, f32x4.add(evenFar, oddFar));
  put(to, stepTo, 4, f32x4.sub(evenFar, oddFar));
  put(to, stepTo, 5, g2);
}

/** Aᵀ: side + 2 products become `side` outputs. */
// @ts-ignore: decorator
@inline
export function outputs(side: i32, from: usize, step: usize, to: usize, stepTo: usize): void {
  const m0 = at(from, step, 0),
    m1 = at(from, step, 1),
    m2 = at(from, step, 2),
    m3 = at(from, step, 3);
  const evenNear = f32x4.add(m1, m2),
    oddNear = f32x4.sub(m1, m2);
  if (side == 2) {
    put(to, stepTo, 0, f32x4.add(m0, evenNear));
    put(to, stepTo, 1, f32x4.sub(oddNear, m3));
    return;
  }
  const m4 = at(from, step, 4),
    m5 = at(from, step, 5);
  const evenFar = f32x4.add(m3, m4),
    oddFar = f32x4.sub(m3, m4);
  put(to, stepTo, 0, f32x4.add(f32x4.add(m0, evenNear), evenFar));
  put(to, stepTo, 1, plus(times(near, oddNear), far, oddFar));
  put(to, stepTo, 2, plus(times(0.5, evenNear), 2, evenFar));
  put(to, stepTo, 3, plus(plus(m5, near / 2, oddNear), 2 * far, oddFar));
}

/** A: the slopes of `side` outputs become side + 2. */
// @ts-ignore: decorator
@inline
export function slopes(side: i32, from: usize, step: usize, to: usize, stepTo: usize): void {
  const y0 = at(from, step, 0),
    y1 = at(from, step, 1);
  put(to, stepTo, 0, y0);
  if (side == 2) {
    put(to, stepTo, 1, f32x4.add(y0, y1));
    put(to, stepTo, 2, f32x4.sub(y0, y1));
    put(to, stepTo, 3, f32x4.neg(y1));
    return;
  }
  const y2 = at(from, step, 2),
    y3 = at(from, step, 3);
  const evenNear = plus(y0, 0.5, y2),
    oddNear = times(near, plus(y1, 0.5, y3));
  put(to, stepTo, 1, f32x4.add(evenNear, oddNear));
  put(to, stepTo, 2, f32x4.sub(evenNear, oddNear));
  const evenFar = plus(y0, 2, y2),
    oddFar = times(far, plus(y1, 2, y3));
  put(to, stepTo, 3, f32x4.add(evenFar, oddFar));
  put(to, stepTo, 4, f32x4.sub(evenFar, oddFar));
  put(to, stepTo, 5, y3);
}

/** Gᵀ: sums at side + 2 places become the gradient of a window's three numbers. */
// @ts-ignore: decorator
@inline
export function sums(side: i32, from: usize, step: usize, to: usize, stepTo: usize): void {
  const u0 = at(from, step, 0),
    u1 = at(from, step, 1),
    u2 = at(from, step, 2),
    u3 = at(from, step, 3);
  const evenNear = f32x4.add(u1, u2),
    oddNear = f32x4.sub(u1, u2);
  if (side == 2) {
    put(to, stepTo, 0, plus(u0, 0.5, evenNear));
    put(to, stepTo, 1, times(0.5, oddNear));
    put(to, stepTo, 2, plus(u3, 0.5, evenNear));
    return;
  }
  const u4 = at(from, step, 4),
    u5 = at(from, step, 5);
  const evenFar = f32x4.add(u3, u4),
    oddFar = f32x4.sub(u3, u4);
  put(to, stepTo, 0, plus(plus(u0, 1 / slopeNear, evenNear), 1 / slopeFar, evenFar));
  put(to, stepTo, 1, plus(times(near / slopeNear, oddNear), far / slopeFar, oddFar));
  put(to, stepTo, 2, plus(plus(u5, 0.5 / slopeNear, evenNear), 2 / slopeFar, evenFar));
}
