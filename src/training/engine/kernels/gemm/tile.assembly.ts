/** The inner loop of a product: a tile of C in registers. AssemblyScript. */
import { floats, loadUpTo4, madd, storeUpTo4 } from '../lanes/assembly';
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
  added: usize,
  stepAdded: usize,
  edge: usize,
): void {
  if (rowsLeft >= tileRows && columnsLeft >= tileColumns)
    tile(p0, p1, p2, p3, step, run, runs, jump, b, target, bytes, added, stepAdded);
  else {
    tile(p0, p1, p2, p3, step, run, runs, jump, b, edge, floats(tileColumns), 0, 0);
    const rows = min(tileRows, rowsLeft),
      columns = min(tileColumns, columnsLeft);
    copyEdge(edge, target, bytes, rows, columns, added, stepAdded);
  }
}

/**
 * Four rows and eight columns of C. Neither unrolled nor larger: V8 then keeps all of it in registers, and both
 * multipliers are busy.
 * @param p0 … p3 where the rows begin; step: bytes to the next value; jump: bytes more after each of `runs` runs
 * @param b a panel of eight columns, [runs · run, 8]
 * @param added what C is more than the product, such as what it was before; `stepAdded` bytes from a row to the next;
 * 0: nothing
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
  added: usize,
  stepAdded: usize,
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
  if (added) {
    c00 = f32x4.add(c00, v128.load(added));
    c01 = f32x4.add(c01, v128.load(added, 16));
    added += stepAdded;
    c10 = f32x4.add(c10, v128.load(added));
    c11 = f32x4.add(c11, v128.load(added, 16));
    added += stepAdded;
    c20 = f32x4.add(c20, v128.load(added));
    c21 = f32x4.add(c21, v128.load(added, 16));
    added += stepAdded;
    c30 = f32x4.add(c30, v128.load(added));
    c31 = f32x4.add(c31, v128.load(added, 16));
  }
  storePair(c, c00, c01);
  storePair(c + stepC, c10, c11);
  storePair(c + 2 * stepC, c20, c21);
  storePair(c + 3 * stepC, c30, c31);
}

// @ts-ignore: decorator
@inline
function storePair(c: usize, first: v128, second: v128): void {
  v128.store(c, first);
  v128.store(c, second, 16);
}

function copyEdge(
  edge: usize,
  target: usize,
  bytes: usize,
  rows: i32,
  columns: i32,
  added: usize,
  stepAdded: usize,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j += 4) {
      const left = columns - j;
      let value = v128.load(edge + floats(i * tileColumns + j));
      if (added) value = f32x4.add(value, loadUpTo4(added + floats(j), left));
      storeUpTo4(target + floats(j), value, left);
    }
    target += bytes;
    if (added) added += stepAdded;
  }
}
