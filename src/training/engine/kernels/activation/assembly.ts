/** Activations and their slopes on 128-bit vectors, float32. AssemblyScript. Kinds are places in models/spec.ts's list. */
import { addRows, summedRows } from '../copy/assembly';
import {
  exp4,
  floats,
  loadUpTo4,
  madd,
  sigmoid4,
  sigmoidOf,
  sigmoids,
  softplus4,
  storeUpTo4,
  tanhs,
} from '../lanes/assembly';

const leak: f32 = 0.01;
/** √(2/π) and the cubic term of the tanh form of GELU (Hendrycks and Gimpel 2016). */
const geluScale: f32 = 0.7978845608028654;
const geluCubic: f32 = 0.044715;

/** x[rows, columns] += bias[columns] */
export function addBias(x: usize, bias: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const left = columns - k;
      const sum = f32x4.add(loadUpTo4(x + at, left), loadUpTo4(bias + at, left));
      storeUpTo4(x + at, sum, left);
    }
    x += (<usize>columns) << 2;
  }
}

/** Numbers that are given a bias and bent at a time: they stay in the first cache. */
const endedAtATime: i32 = 4096;

/**
 * z ← z + bias, y = activation(z): what follows a product. Both may be one place, and are for the kind that does
 * nothing.
 * @param bias [columns]; 0: none
 */
export function addBiasActivate(
  z: usize,
  bias: usize,
  y: usize,
  rows: i32,
  columns: i32,
  kind: i32,
): void {
  if (bias == 0) {
    if (kind != 0) activate(z, y, rows * columns, kind);
    return;
  }
  if (kind == 0) {
    addBias(z, bias, rows, columns);
    return;
  }
  if (kind == 1 && (columns & 3) == 0 && z == y) {
    addBiasRectify(z, bias, rows, columns);
    return;
  }
  const atATime = max(1, endedAtATime / max(1, columns));
  for (let first = 0; first < rows; first += atATime) {
    const some = min(atATime, rows - first);
    const at = floats(first * columns);
    addBias(z + at, bias, some, columns);
    activate(z + at, y + at, some * columns, kind);
  }
}

/** The way back of addBiasActivate: activationGradient, and the bias's gradient, Σ over the rows. */
export function biasActivationGradient(
  z: usize,
  y: usize,
  gradient: usize,
  biasGradient: usize,
  rows: i32,
  columns: i32,
  kind: i32,
): void {
  memory.fill(biasGradient, 0, floats(columns));
  for (let first = 0; first < rows; first += summedRows) {
    const some = min(summedRows, rows - first);
    const at = floats(first * columns);
    if (kind != 0) activationGradient(z + at, y + at, gradient + at, some * columns, kind);
    addRows(gradient + at, some, columns, biasGradient);
  }
}

/** x ← max(0, x + bias), the commonest of all, in one pass. `columns` is a multiple of 4. */
function addBiasRectify(x: usize, bias: usize, rows: i32, columns: i32): void {
  const zero = f32x4.splat(0);
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < bytes; at += 16)
      v128.store(x + at, f32x4.pmax(f32x4.add(v128.load(x + at), v128.load(bias + at)), zero));
    x += bytes;
  }
}

/** y = activation(z); they may be one place. */
export function activate(z: usize, y: usize, count: i32, kind: i32): void {
  const zero = f32x4.splat(0);
  if (kind == 1) {
    for (let i = 0; i < count; i += 4) {
      const at = (<usize>i) << 2;
      const left = count - i;
      storeUpTo4(y + at, f32x4.pmax(loadUpTo4(z + at, left), zero), left);
    }
    return;
  }
  if (kind == 4) {
    for (let i = 0; i < count; i += 4) {
      const at = (<usize>i) << 2;
      const left = count - i;
      storeUpTo4(y + at, gelu(loadUpTo4(z + at, left)), left);
    }
    return;
  }
  if (kind == 6) {
    sigmoids(z, y, count);
    return;
  }
  if (kind == 7) {
    tanhs(z, y, count);
    return;
  }
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2;
    const left = count - i;
    storeUpTo4(y + at, activated(loadUpTo4(z + at, left), kind), left);
  }
}

/** gradient ← gradient · activation′. What is read of z is only where the slope doesn't follow from y: GELU, SiLU. */
export function activationGradient(
  z: usize,
  y: usize,
  gradient: usize,
  count: i32,
  kind: i32,
): void {
  if (kind == 1) {
    // relu: what was cut off
    const zero = f32x4.splat(0);
    let whole: usize = 0;
    for (const end = floats(count & ~3); whole < end; whole += 16) {
      const isKept = f32x4.gt(v128.load(y + whole), zero);
      v128.store(gradient + whole, v128.and(v128.load(gradient + whole), isKept));
    }
    for (let i = count & ~3; i < count; i += 4) {
      const at = (<usize>i) << 2;
      const left = count - i;
      const isKept = f32x4.gt(loadUpTo4(y + at, left), f32x4.splat(0));
      storeUpTo4(gradient + at, v128.and(loadUpTo4(gradient + at, left), isKept), left);
    }
    return;
  }
  if (kind == 4) {
    for (let i = 0; i < count; i += 4) {
      const at = (<usize>i) << 2;
      const left = count - i;
      const slope = geluSlope(loadUpTo4(z + at, left));
      storeUpTo4(gradient + at, f32x4.mul(loadUpTo4(gradient + at, left), slope), left);
    }
    return;
  }
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2;
    const left = count - i;
    const slope = slopeAt(loadUpTo4(z + at, left), loadUpTo4(y + at, left), kind);
    storeUpTo4(gradient + at, f32x4.mul(loadUpTo4(gradient + at, left), slope), left);
  }
}

function activated(x: v128, kind: i32): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (kind) {
    case 1:
      return f32x4.pmax(x, zero); // in this order a NaN stays one
    case 2:
      return v128.bitselect(x, f32x4.mul(x, f32x4.splat(leak)), f32x4.gt(x, zero));
    case 3:
      return v128.bitselect(x, f32x4.sub(exp4(x), one), f32x4.ge(x, zero));
    case 5:
      return f32x4.mul(x, sigmoid4(x));
    case 8:
      return softplus4(x);
    default:
      return x;
  }
}

function slopeAt(x: v128, y: v128, kind: i32): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  switch (kind) {
    case 2:
      return v128.bitselect(one, f32x4.splat(leak), f32x4.gt(y, zero));
    case 3:
      return v128.bitselect(one, f32x4.add(y, one), f32x4.ge(y, zero));
    case 5: {
      const s = sigmoid4(x);
      return f32x4.mul(s, madd(x, f32x4.sub(one, s), one));
    }
    case 6:
      return f32x4.mul(y, f32x4.sub(one, y));
    case 7:
      return f32x4.sub(one, f32x4.mul(y, y));
    case 8:
      return f32x4.sub(one, exp4(f32x4.neg(y))); // softplus: σ(x) = 1 − e⁻ʸ
    default:
      return one;
  }
}

/** x · (1 + tanh u) / 2 is x · σ(2u). */
// @ts-ignore: decorator
@inline
function gelu(x: v128): v128 {
  return f32x4.mul(x, sigmoidOf(twiceGeluInner(x)));
}

/** s + x · s (1 − s) · 2u′ */
// @ts-ignore: decorator
@inline
function geluSlope(x: v128): v128 {
  const one = f32x4.splat(1);
  const s = sigmoidOf(twiceGeluInner(x));
  const rise = f32x4.mul(
    f32x4.splat(2 * geluScale),
    madd(f32x4.mul(x, x), f32x4.splat(3 * geluCubic), one),
  );
  return f32x4.mul(s, madd(f32x4.mul(x, f32x4.sub(one, s)), rise, one));
}

/** 2u, u = √(2/π) · (x + 0.044715 x³) */
// @ts-ignore: decorator
@inline
function twiceGeluInner(x: v128): v128 {
  const square = f32x4.mul(x, x);
  const inner = madd(square, f32x4.splat(geluCubic), f32x4.splat(1));
  return f32x4.mul(f32x4.mul(x, f32x4.splat(2 * geluScale)), inner);
}
