/** Sums of products of packed rows, two numbers at a time. AssemblyScript, built by tests/support/vite-kernels.ts. */

/** Bytes of four numbers: a term of a panel. */
const term: i32 = 32;

/**
 * sums[r, c] += Σ over the terms of left[r, k] · right[c, k]. Places are in bytes. Without relaxed SIMD each sum is
 * rounded as in row-products.ts, to the last bit.
 * @param left panels of four rows, [rows / 4, terms, 4]; right likewise, of `columns`
 * @param stride numbers from a row of sums to the next
 */
export function addProducts(
  left: usize,
  right: usize,
  sums: usize,
  rows: i32,
  columns: i32,
  terms: i32,
  stride: i32,
): void {
  const panel: usize = terms * term;
  for (let r = 0; r < rows; r += 4)
    for (let c = 0; c < columns; c += 4)
      addTile(
        left + <usize>(r >> 2) * panel,
        right + <usize>(c >> 2) * panel,
        sums + (<usize>(r * stride + c) << 3),
        terms,
        <usize>stride << 3,
      );
}

/** Four by four sums, in registers. */
function addTile(p: usize, q: usize, sums: usize, terms: i32, bytes: usize): void {
  let s00 = f64x2.splat(0),
    s01 = s00,
    s10 = s00,
    s11 = s00;
  let s20 = s00,
    s21 = s00,
    s30 = s00,
    s31 = s00;
  const end = p + terms * term;
  while (p < end) {
    const y0 = v128.load(q),
      y1 = v128.load(q, 16);
    let x = v128.load64_splat(p);
    s00 = madd(x, y0, s00);
    s01 = madd(x, y1, s01);
    x = v128.load64_splat(p, 8);
    s10 = madd(x, y0, s10);
    s11 = madd(x, y1, s11);
    x = v128.load64_splat(p, 16);
    s20 = madd(x, y0, s20);
    s21 = madd(x, y1, s21);
    x = v128.load64_splat(p, 24);
    s30 = madd(x, y0, s30);
    s31 = madd(x, y1, s31);
    p += term;
    q += term;
  }
  addRow(sums, s00, s01);
  addRow(sums + bytes, s10, s11);
  addRow(sums + 2 * bytes, s20, s21);
  addRow(sums + 3 * bytes, s30, s31);
}

// @ts-ignore: decorator
@inline
function addRow(sums: usize, first: v128, second: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), first));
  v128.store(sums, f64x2.add(v128.load(sums, 16), second), 16);
}

// @ts-ignore: decorator
@inline
function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(c, f64x2.mul(a, b));
}
