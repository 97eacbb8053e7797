/** Moves, sums and products of whole buffers, float32. AssemblyScript. */
import { floats, loadUpTo4, madd, storeUpTo4, sumOf } from '../lanes/assembly';

/** a ← a · b, element by element: a dropout's mask. */
export function multiply(a: usize, b: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2;
    const left = count - i;
    storeUpTo4(a + at, f32x4.mul(loadUpTo4(a + at, left), loadUpTo4(b + at, left)), left);
  }
}

/** a ← a · factor */
export function scale(a: usize, factor: f32, count: i32): void {
  const factors = f32x4.splat(factor);
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2;
    const left = count - i;
    storeUpTo4(a + at, f32x4.mul(loadUpTo4(a + at, left), factors), left);
  }
}

/** a ← a + b */
export function addInto(a: usize, b: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2;
    const left = count - i;
    storeUpTo4(a + at, f32x4.add(loadUpTo4(a + at, left), loadUpTo4(b + at, left)), left);
  }
}

/** Σ a², in blocks: a long sum in one float32 would lose its tail. */
export function sumOfSquares(a: usize, count: i32): f64 {
  let total: f64 = 0;
  for (let from = 0; from < count; from += 256) {
    let sum = f32x4.splat(0);
    const to = min(count, from + 256);
    for (let i = from; i < to; i += 4) {
      const x = loadUpTo4(a + ((<usize>i) << 2), to - i);
      sum = madd(x, x, sum);
    }
    total += <f64>sumOf(sum);
  }
  return total;
}

export function copy(from: usize, to: usize, count: i32): void {
  memory.copy(to, from, (<usize>count) << 2);
}

export function clear(at: usize, count: i32): void {
  memory.fill(at, 0, (<usize>count) << 2);
}

/** Rows of `columns` numbers that lie `rowsFrom` and `rowsTo` floats apart. */
export function copyRows(
  from: usize,
  rowsFrom: i32,
  to: usize,
  rowsTo: i32,
  rows: i32,
  columns: i32,
  accumulate: bool,
): void {
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns; k += 4) {
      const at = (<usize>k) << 2;
      const left = columns - k;
      let x = loadUpTo4(from + at, left);
      if (accumulate) x = f32x4.add(x, loadUpTo4(to + at, left));
      storeUpTo4(to + at, x, left);
    }
    from += (<usize>rowsFrom) << 2;
    to += (<usize>rowsTo) << 2;
  }
}

/** [outer, inner, columns] to [inner, outer, columns]. */
export function swapOuter(
  from: usize,
  to: usize,
  outer: i32,
  inner: i32,
  columns: i32,
  accumulate: bool,
): void {
  const stride = (<usize>(inner * columns)) << 2;
  for (let i = 0; i < inner; i++) {
    const target = to + ((<usize>(i * outer * columns)) << 2);
    const source = from + ((<usize>(i * columns)) << 2);
    copyRows(source, inner * columns, target, columns, outer, columns, accumulate);
  }
}

/** Σ over the rows of each column: a bias's gradient. */
export function columnSums(values: usize, rows: i32, columns: i32, sums: usize): void {
  memory.fill(sums, 0, (<usize>columns) << 2);
  for (let first = 0; first < rows; first += summedRows)
    addRows(values + floats(first * columns), min(summedRows, rows - first), columns, sums);
}

/** Rows that are summed at a time: they stay in the first cache. */
export const summedRows: i32 = 64;

/** sums[columns] += Σ over the rows. */
export function addRows(values: usize, rows: i32, columns: i32, sums: usize): void {
  const bytes = floats(columns);
  let k = 0;
  // Sixteen columns at a time: four sums that don't wait for each other.
  for (; k + 16 <= columns; k += 16) {
    const to = sums + floats(k);
    let s0 = v128.load(to),
      s1 = v128.load(to, 16),
      s2 = v128.load(to, 32),
      s3 = v128.load(to, 48);
    let from = values + floats(k);
    for (let row = 0; row < rows; row++) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      s2 = f32x4.add(s2, v128.load(from, 32));
      s3 = f32x4.add(s3, v128.load(from, 48));
      from += bytes;
    }
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; k < columns; k += 4) {
    const at = floats(k);
    const left = columns - k;
    let sum = loadUpTo4(sums + at, left);
    let from = values + at;
    if (left >= 4)
      for (let row = 0; row < rows; row++) {
        sum = f32x4.add(sum, v128.load(from));
        from += bytes;
      }
    else
      for (let row = 0; row < rows; row++) {
        sum = f32x4.add(sum, loadUpTo4(from, left));
        from += bytes;
      }
    storeUpTo4(sums + at, sum, left);
  }
}
