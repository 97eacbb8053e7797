/** Products with one row or one column, which nothing need be packed for. AssemblyScript. */
import { floats, loadPart, madd, storePart, sumOf } from '../lanes/assembly';

/** c[n] (+)= a · B, one row: B is read as it lies. */
export function multiplyRow(
  a: usize,
  columnsA: i32,
  b: usize,
  rowsB: i32,
  c: usize,
  n: i32,
  k: i32,
  accumulate: bool,
): void {
  const stepA = floats(columnsA);
  const stepB = floats(rowsB);
  let column = 0;
  for (; column + 16 <= n; column += 16) {
    const to = c + floats(column);
    let s0 = f32x4.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0;
    if (accumulate) {
      s0 = v128.load(to);
      s1 = v128.load(to, 16);
      s2 = v128.load(to, 32);
      s3 = v128.load(to, 48);
    }
    let from = a;
    let row = b + floats(column);
    for (let p = 0; p < k; p++) {
      const x = v128.load32_splat(from);
      s0 = madd(x, v128.load(row), s0);
      s1 = madd(x, v128.load(row, 16), s1);
      s2 = madd(x, v128.load(row, 32), s2);
      s3 = madd(x, v128.load(row, 48), s3);
      from += stepA;
      row += stepB;
    }
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; column < n; column += 4) {
    const left = n - column;
    const to = c + floats(column);
    let sum = accumulate ? loadPart(to, min(left, 3)) : f32x4.splat(0);
    if (accumulate && left >= 4) sum = v128.load(to);
    let from = a;
    let row = b + floats(column);
    for (let p = 0; p < k; p++) {
      const values = left >= 4 ? v128.load(row) : loadPart(row, left);
      sum = madd(v128.load32_splat(from), values, sum);
      from += stepA;
      row += stepB;
    }
    if (left >= 4) v128.store(to, sum);
    else storePart(to, sum, left);
  }
}

/** c[m, 1] (+)= A · b, one column. */
export function multiplyColumn(
  a: usize,
  rowsA: i32,
  b: usize,
  c: usize,
  rowsC: i32,
  m: i32,
  k: i32,
  accumulate: bool,
): void {
  for (let row = 0; row < m; row++) {
    let sums = f32x4.splat(0);
    let p = 0;
    for (; p + 4 <= k; p += 4)
      sums = madd(v128.load(a + floats(p)), v128.load(b + floats(p)), sums);
    if (p < k) sums = madd(loadPart(a + floats(p), k - p), loadPart(b + floats(p), k - p), sums);
    const sum = sumOf(sums);
    store<f32>(c, accumulate ? load<f32>(c) + sum : sum);
    a += floats(rowsA);
    c += floats(rowsC);
  }
}
