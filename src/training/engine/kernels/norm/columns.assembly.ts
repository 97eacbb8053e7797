/** Sums over the rows of each column, for batch norm. AssemblyScript. */
import { floats, loadUpTo4, madd, storeUpTo4 } from '../lanes/assembly';

/** sums[columns] += Σ (x − centre)² over the rows. Sixteen columns at a time: four sums that don't wait for each other. */
export function addSquares(x: usize, centre: usize, rows: i32, columns: i32, sums: usize): void {
  const bytes = floats(columns);
  let k = 0;
  for (; k + 16 <= columns; k += 16) {
    const to = sums + floats(k);
    const mean = centre + floats(k);
    const m0 = v128.load(mean),
      m1 = v128.load(mean, 16),
      m2 = v128.load(mean, 32),
      m3 = v128.load(mean, 48);
    let s0 = v128.load(to),
      s1 = v128.load(to, 16),
      s2 = v128.load(to, 32),
      s3 = v128.load(to, 48);
    let from = x + floats(k);
    for (let row = 0; row < rows; row++) {
      s0 = addSquare(v128.load(from), m0, s0);
      s1 = addSquare(v128.load(from, 16), m1, s1);
      s2 = addSquare(v128.load(from, 32), m2, s2);
      s3 = addSquare(v128.load(from, 48), m3, s3);
      from += bytes;
    }
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; k < columns; k += 4) {
    const at = floats(k);
    const rest = columns - k;
    const mean = loadUpTo4(centre + at, rest);
    let sum = loadUpTo4(sums + at, rest);
    let from = x + at;
    for (let row = 0; row < rows; row++) {
      sum = addSquare(loadUpTo4(from, rest), mean, sum);
      from += bytes;
    }
    storeUpTo4(sums + at, sum, rest);
  }
}

// @ts-ignore: decorator
@inline
function addSquare(x: v128, mean: v128, sum: v128): v128 {
  const off = f32x4.sub(x, mean);
  return madd(off, off, sum);
}

/** sums[columns] += spread · Σ (x − centre) · gradient over the rows, as addSquares. */
export function addProducts(
  x: usize,
  centre: usize,
  spread: usize,
  gradient: usize,
  rows: i32,
  columns: i32,
  sums: usize,
): void {
  const bytes = floats(columns);
  let k = 0;
  for (; k + 16 <= columns; k += 16) {
    const at = floats(k);
    const mean = centre + at;
    const m0 = v128.load(mean),
      m1 = v128.load(mean, 16),
      m2 = v128.load(mean, 32),
      m3 = v128.load(mean, 48);
    let s0 = f32x4.splat(0),
      s1 = f32x4.splat(0),
      s2 = f32x4.splat(0),
      s3 = f32x4.splat(0);
    let from = x + at,
      slope = gradient + at;
    for (let row = 0; row < rows; row++) {
      s0 = madd(f32x4.sub(v128.load(from), m0), v128.load(slope), s0);
      s1 = madd(f32x4.sub(v128.load(from, 16), m1), v128.load(slope, 16), s1);
      s2 = madd(f32x4.sub(v128.load(from, 32), m2), v128.load(slope, 32), s2);
      s3 = madd(f32x4.sub(v128.load(from, 48), m3), v128.load(slope, 48), s3);
      from += bytes;
      slope += bytes;
    }
    const to = sums + at,
      width = spread + at;
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(s0, v128.load(width))));
    v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(s1, v128.load(width, 16))), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), f32x4.mul(s2, v128.load(width, 32))), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), f32x4.mul(s3, v128.load(width, 48))), 48);
  }
  for (; k < columns; k += 4) {
    const at = floats(k);
    const rest = columns - k;
    const mean = loadUpTo4(centre + at, rest);
    let sum = f32x4.splat(0);
    let offset = at;
    for (let row = 0; row < rows; row++) {
      const off = f32x4.sub(loadUpTo4(x + offset, rest), mean);
      sum = madd(off, loadUpTo4(gradient + offset, rest), sum);
      offset += bytes;
    }
    const own = f32x4.mul(sum, loadUpTo4(spread + at, rest));
    storeUpTo4(sums + at, f32x4.add(loadUpTo4(sums + at, rest), own), rest);
  }
}
