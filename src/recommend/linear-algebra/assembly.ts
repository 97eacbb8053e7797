/** Sums of products of packed rows, and of weighted rows, two numbers at a time. AssemblyScript, built by tests/support/vite-kernels.ts. */

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

/**
 * sums[list, c] = Σ over its entries of value · panel[entry, c], of eight columns. Eight entries at
 * a time are summed in float64 and the whole rounded to float32, as ease/method.ts does it, to the last bit. Places are
 * in bytes.
 * @param panel [rows, 8] float64
 * @param starts [lists + 1] uint32, in eights
 * @param entries uint32, places in the panel; values float64
 * @param sums [lists, 8] float32
 */
export function sumLists(
  panel: usize,
  starts: usize,
  lists: i32,
  entries: usize,
  values: usize,
  sums: usize,
): void {
  for (let list = 0; list < lists; list++) {
    const start = load<u32>(starts + (<usize>list << 2));
    const end = load<u32>(starts + (<usize>list << 2), 4);
    let entry = entries + (<usize>start << 2);
    let value = values + (<usize>start << 3);
    const last = entries + (<usize>end << 2);
    let s0 = f64x2.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0;
    while (entry < last) {
      const r0 = panel + load<u32>(entry),
        r1 = panel + load<u32>(entry, 4);
      const r2 = panel + load<u32>(entry, 8),
        r3 = panel + load<u32>(entry, 12);
      const r4 = panel + load<u32>(entry, 16),
        r5 = panel + load<u32>(entry, 20);
      const r6 = panel + load<u32>(entry, 24),
        r7 = panel + load<u32>(entry, 28);
      let v = v128.load64_splat(value),
        w = v128.load64_splat(value, 8);
      // In pairs, as additions in another order would round otherwise.
      let a0 = pair(v, v128.load(r0), w, v128.load(r1)),
        a1 = pair(v, v128.load(r0, 16), w, v128.load(r1, 16)),
        a2 = pair(v, v128.load(r0, 32), w, v128.load(r1, 32)),
        a3 = pair(v, v128.load(r0, 48), w, v128.load(r1, 48));
      v = v128.load64_splat(value, 16);
      w = v128.load64_splat(value, 24);
      s0 = f64x2.add(s0, f64x2.add(a0, pair(v, v128.load(r2), w, v128.load(r3))));
      s1 = f64x2.add(s1, f64x2.add(a1, pair(v, v128.load(r2, 16), w, v128.load(r3, 16))));
      s2 = f64x2.add(s2, f64x2.add(a2, pair(v, v128.load(r2, 32), w, v128.load(r3, 32))));
      s3 = f64x2.add(s3, f64x2.add(a3, pair(v, v128.load(r2, 48), w, v128.load(r3, 48))));
      v = v128.load64_splat(value, 32);
      w = v128.load64_splat(value, 40);
      a0 = pair(v, v128.load(r4), w, v128.load(r5));
      a1 = pair(v, v128.load(r4, 16), w, v128.load(r5, 16));
      a2 = pair(v, v128.load(r4, 32), w, v128.load(r5, 32));
      a3 = pair(v, v128.load(r4, 48), w, v128.load(r5, 48));
      v = v128.load64_splat(value, 48);
      w = v128.load64_splat(value, 56);
      s0 = rounded(s0, f64x2.add(a0, pair(v, v128.load(r6), w, v128.load(r7))));
      s1 = rounded(s1, f64x2.add(a1, pair(v, v128.load(r6, 16), w, v128.load(r7, 16))));
      s2 = rounded(s2, f64x2.add(a2, pair(v, v128.load(r6, 32), w, v128.load(r7, 32))));
      s3 = rounded(s3, f64x2.add(a3, pair(v, v128.load(r6, 48), w, v128.load(r7, 48))));
      entry += 32;
      value += 64;
    }
    storeSums(sums + (<usize>list << 5), s0, s1, s2, s3);
  }
}

/**
 * The same of values that are all 1, by half the work. Lists are filled up with a row of the panel that is all 0.
 */
export function sumListsOfOnes(
  panel: usize,
  starts: usize,
  lists: i32,
  entries: usize,
  sums: usize,
): void {
  for (let list = 0; list < lists; list++) {
    const start = load<u32>(starts + (<usize>list << 2));
    const end = load<u32>(starts + (<usize>list << 2), 4);
    let entry = entries + (<usize>start << 2);
    const last = entries + (<usize>end << 2);
    let s0 = f64x2.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0;
    while (entry < last) {
      let p = panel + load<u32>(entry),
        q = panel + load<u32>(entry, 4);
      let a0 = both(v128.load(p), v128.load(q)),
        a1 = both(v128.load(p, 16), v128.load(q, 16)),
        a2 = both(v128.load(p, 32), v128.load(q, 32)),
        a3 = both(v128.load(p, 48), v128.load(q, 48));
      p = panel + load<u32>(entry, 8);
      q = panel + load<u32>(entry, 12);
      s0 = both(s0, both(a0, both(v128.load(p), v128.load(q))));
      s1 = both(s1, both(a1, both(v128.load(p, 16), v128.load(q, 16))));
      s2 = both(s2, both(a2, both(v128.load(p, 32), v128.load(q, 32))));
      s3 = both(s3, both(a3, both(v128.load(p, 48), v128.load(q, 48))));
      p = panel + load<u32>(entry, 16);
      q = panel + load<u32>(entry, 20);
      a0 = both(v128.load(p), v128.load(q));
      a1 = both(v128.load(p, 16), v128.load(q, 16));
      a2 = both(v128.load(p, 32), v128.load(q, 32));
      a3 = both(v128.load(p, 48), v128.load(q, 48));
      p = panel + load<u32>(entry, 24);
      q = panel + load<u32>(entry, 28);
      s0 = rounded(s0, both(a0, both(v128.load(p), v128.load(q))));
      s1 = rounded(s1, both(a1, both(v128.load(p, 16), v128.load(q, 16))));
      s2 = rounded(s2, both(a2, both(v128.load(p, 32), v128.load(q, 32))));
      s3 = rounded(s3, both(a3, both(v128.load(p, 48), v128.load(q, 48))));
      entry += 32;
    }
    storeSums(sums + (<usize>list << 5), s0, s1, s2, s3);
  }
}

// @ts-ignore: decorator
@inline
function storeSums(at: usize, s0: v128, s1: v128, s2: v128, s3: v128): void {
  v128.store64_lane(at, f32x4.demote_f64x2_zero(s0), 0);
  v128.store64_lane(at, f32x4.demote_f64x2_zero(s1), 0, 8);
  v128.store64_lane(at, f32x4.demote_f64x2_zero(s2), 0, 16);
  v128.store64_lane(at, f32x4.demote_f64x2_zero(s3), 0, 24);
}

// @ts-ignore: decorator
@inline
function both(x: v128, y: v128): v128 {
  return f64x2.add(x, y);
}

/** Products of two float32 are exact in float64: fused or not, their sum is the same. */
// @ts-ignore: decorator
@inline
function pair(v: v128, x: v128, w: v128, y: v128): v128 {
  return madd(w, y, f64x2.mul(v, x));
}

// @ts-ignore: decorator
@inline
function rounded(sum: v128, more: v128): v128 {
  return f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(f64x2.add(sum, more)));
}
