/**
 * Functions of four numbers at once, float32, and reads and writes of fewer than four. AssemblyScript. The long ones
 * aren't inlined where a caller's loop has values of its own, which their constants would push out of the registers;
 * in loops that do nothing else they are, as each call sets its constants anew. No tables:
 * a module without data of its own can share another's memory. Polynomials: Cephes (S. L. Moshier), within 2 ulp.
 */

/** Bytes of so many float32. */
// @ts-ignore: decorator
@inline
export function floats(count: i32): usize {
  return (<usize>count) << 2;
}

/** A multiply and an add, in one where the machine has it. */
// @ts-ignore: decorator
@inline
export function madd(x: v128, y: v128, z: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(x, y, z) : f32x4.add(f32x4.mul(x, y), z);
}

/** The first `count` of four; 0 for the others. */
export function loadPart(from: usize, count: i32): v128 {
  let lanes = f32x4.splat(0);
  if (count > 0) lanes = v128.load32_zero(from);
  if (count > 1) lanes = v128.load_lane<f32>(from, lanes, 1, 4);
  if (count > 2) lanes = v128.load_lane<f32>(from, lanes, 2, 8);
  return lanes;
}

export function storePart(to: usize, lanes: v128, count: i32): void {
  if (count > 0) v128.store_lane<f32>(to, lanes, 0);
  if (count > 1) v128.store_lane<f32>(to, lanes, 1, 4);
  if (count > 2) v128.store_lane<f32>(to, lanes, 2, 8);
}

/** Four, or what is left of them. */
// @ts-ignore: decorator
@inline
export function loadUpTo4(from: usize, left: i32): v128 {
  return left >= 4 ? v128.load(from) : loadPart(from, left);
}

// @ts-ignore: decorator
@inline
export function storeUpTo4(to: usize, lanes: v128, left: i32): void {
  if (left >= 4) v128.store(to, lanes);
  else storePart(to, lanes, left);
}

// @ts-ignore: decorator
@inline
export function storeOrAdd(to: usize, lanes: v128, accumulate: bool): void {
  v128.store(to, accumulate ? f32x4.add(lanes, v128.load(to)) : lanes);
}

// @ts-ignore: decorator
@inline
export function sumOf(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** 0 below −87, where a float32 would be subnormal; the largest power above 88. */
export function exp4(x: v128): v128 {
  const isTiny = f32x4.lt(x, f32x4.splat(-87.3));
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.37)), f32x4.splat(-87.3)); // a NaN stays
  // Added to 1.5 · 2²³ a number is rounded, and its whole part lies in the lowest bits.
  const shifted = madd(bounded, f32x4.splat(1.44269504088896341), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = madd(n, f32x4.splat(-0.693359375), bounded);
  r = madd(n, f32x4.splat(2.12194440e-4), r);
  const p = f32x4.add(madd(expTail(r), f32x4.mul(r, r), r), f32x4.splat(1));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  return v128.andnot(f32x4.mul(p, power), isTiny);
}

/** Of normal, positive numbers. */
export function log4(x: v128): v128 {
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)));
  const mantissa = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const isSmall = f32x4.lt(mantissa, f32x4.splat(0.707106781186547524));
  e = f32x4.sub(e, v128.and(isSmall, f32x4.splat(1)));
  const m = f32x4.sub(f32x4.add(mantissa, v128.and(isSmall, mantissa)), f32x4.splat(1));
  const z = f32x4.mul(m, m);
  let y = f32x4.splat(7.0376836292e-2);
  y = madd(y, m, f32x4.splat(-1.1514610310e-1));
  y = madd(y, m, f32x4.splat(1.1676998740e-1));
  y = madd(y, m, f32x4.splat(-1.2420140846e-1));
  y = madd(y, m, f32x4.splat(1.4249322787e-1));
  y = madd(y, m, f32x4.splat(-1.6668057665e-1));
  y = madd(y, m, f32x4.splat(2.0000714765e-1));
  y = madd(y, m, f32x4.splat(-2.4999993993e-1));
  y = madd(y, m, f32x4.splat(3.3333331174e-1));
  y = f32x4.mul(f32x4.mul(y, m), z);
  y = madd(e, f32x4.splat(-2.12194440e-4), y);
  y = madd(z, f32x4.splat(-0.5), y);
  return madd(e, f32x4.splat(0.693359375), f32x4.add(m, y));
}

export function sigmoid4(x: v128): v128 {
  return sigmoidOf(x);
}

export function tanh4(x: v128): v128 {
  return tanhOf(x);
}

/** y = σ(x); they may be one place. */
export function sigmoids(x: usize, y: usize, count: i32): void {
  const end = x + floats(count & ~3);
  for (; x < end; x += 16) {
    v128.store(y, sigmoidOf(v128.load(x)));
    y += 16;
  }
  if (count & 3) storePart(y, sigmoid4(loadPart(x, count & 3)), count & 3);
}

/** y = tanh(x); they may be one place. */
export function tanhs(x: usize, y: usize, count: i32): void {
  const end = x + floats(count & ~3);
  for (; x < end; x += 16) {
    v128.store(y, tanhOf(v128.load(x)));
    y += 16;
  }
  if (count & 3) storePart(y, tanh4(loadPart(x, count & 3)), count & 3);
}

/** 1 / (1 + e⁻ˣ), with a power that is bounded as in exp4. */
// @ts-ignore: decorator
@inline
export function sigmoidOf(x: v128): v128 {
  const one = f32x4.splat(1);
  const bounded = f32x4.pmax(f32x4.pmin(f32x4.neg(x), f32x4.splat(88.37)), f32x4.splat(-87.3));
  const shifted = madd(bounded, f32x4.splat(1.44269504088896341), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = madd(n, f32x4.splat(-0.693359375), bounded);
  r = madd(n, f32x4.splat(2.12194440e-4), r);
  const p = f32x4.add(madd(expTail(r), f32x4.mul(r, r), r), one);
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  return f32x4.div(one, madd(p, power, one));
}

/** (e²ˣ − 1) / (e²ˣ + 1), where e²ˣ − 1 is found without its 1: small numbers keep their digits. */
// @ts-ignore: decorator
@inline
function tanhOf(x: v128): v128 {
  const size = f32x4.abs(x);
  const bounded = f32x4.pmin(f32x4.add(size, size), f32x4.splat(24)); // a NaN stays; 1 from 18 on
  const shifted = madd(bounded, f32x4.splat(1.44269504088896341), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = madd(n, f32x4.splat(-0.693359375), bounded);
  r = madd(n, f32x4.splat(2.12194440e-4), r);
  const rest = madd(expTail(r), f32x4.mul(r, r), r); // eʳ − 1
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  const less = madd(power, rest, f32x4.sub(power, f32x4.splat(1)));
  const y = f32x4.div(less, f32x4.add(less, f32x4.splat(2)));
  return v128.or(y, v128.and(x, i32x4.splat(0x80000000)));
}

/** (eʳ − 1 − r) / r² for |r| ≤ ½ ln 2 */
// @ts-ignore: decorator
@inline
function expTail(r: v128): v128 {
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  return madd(p, r, f32x4.splat(5.0000001201e-1));
}

/** log(1 + eˣ), without overflow. */
export function softplus4(x: v128): v128 {
  const one = f32x4.splat(1);
  const rest = log4(f32x4.add(one, exp4(f32x4.neg(f32x4.abs(x)))));
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), rest);
}

export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

export function log1(x: f32): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(x)), 0);
}
