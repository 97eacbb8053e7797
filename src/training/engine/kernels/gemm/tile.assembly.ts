/** The inner loop of a product: a tile of C in registers. AssemblyScript. */
import { floats, loadPart, madd, storePart } from '../lanes/assembly';
import { tileColumns, tileRows } from './packing.assembly';

/** Bytes that a tile of C takes, for tiles that reach beyond C. */
export const edgeBytes: i32 = tileRows * tileColumns * 4;

/** A tile of C, or what is left of one at the border. */
// @ts-ignore: decorator
@inline
export function tileOrEdge(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  step: usize,
  run: i32,
  runs: i32,
  jump: usize,
  b: usize,
  target: usize,
  bytes: usize,
  rowsLeft: i32,
  columnsLeft: i32,
  accumulate: bool,
  edge: usize,
): void {
  if (rowsLeft >= tileRows && columnsLeft >= tileColumns)
    tile(p0, p1, p2, p3, step, run, runs, jump, b, target, bytes, accumulate);
  else {
    tile(p0, p1, p2, p3, step, run, runs, jump, b, edge, floats(tileColumns), false);
    copyEdge(edge, target, bytes, min(tileRows, rowsLeft), min(tileColumns, columnsLeft), accumulate);
  }
}

/**
 * Four rows and eight columns of C. Neither unrolled nor larger: V8 then keeps all of it in registers, and both
 * multipliers are busy.
 * @param p0 … p3 where the rows begin; step: bytes to the next value; jump: bytes more after each of `runs` runs
 * @param b a panel of eight columns, [runs · run, 8]
 */
function tile(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  step: usize,
  run: i32,
  runs: i32,
  jump: usize,
  b: usize,
  c: usize,
  stepC: usize,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00;
  let c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
  const panel = floats(run) << 3;
  for (let i = 0; i < runs; i++) {
    const end = b + panel;
    while (b < end) {
      const b0 = v128.load(b),
        b1 = v128.load(b, 16);
      let x = v128.load32_splat(p0);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      x = v128.load32_splat(p1);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      x = v128.load32_splat(p2);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      x = v128.load32_splat(p3);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      p0 += step;
      p1 += step;
      p2 += step;
      p3 += step;
      b += 32;
    }
    p0 += jump;
    p1 += jump;
    p2 += jump;
    p3 += jump;
  }
  storePair(c, c00, c01, accumulate);
  storePair(c + stepC, c10, c11, accumulate);
  storePair(c + 2 * stepC, c20, c21, accumulate);
  storePair(c + 3 * stepC, c30, c31, accumulate);
}

// @ts-ignore: decorator
@inline
function storePair(c: usize, first: v128, second: v128, accumulate: bool): void {
  if (accumulate) {
    first = f32x4.add(first, v128.load(c));
    second = f32x4.add(second, v128.load(c, 16));
  }
  v128.store(c, first);
  v128.store(c, second, 16);
}

function copyEdge(
  edge: usize,
  target: usize,
  bytes: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j += 4) {
      const at = target + floats(j);
      const left = columns - j;
      let value = v128.load(edge + floats(i * tileColumns + j));
      if (left >= 4) {
        if (accumulate) value = f32x4.add(value, v128.load(at));
        v128.store(at, value);
      } else {
        if (accumulate) value = f32x4.add(value, loadPart(at, left));
        storePart(at, value, left);
      }
    }
    target += bytes;
  }
}
