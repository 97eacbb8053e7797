/**
 * Matrix product on 128-bit vectors: C = A · B, or C += A · B, float32. AssemblyScript. Blocked for the caches (Goto
 * and van de Geijn 2008). B is packed as the inner loop reads it; A is read as it lies where its rows are rows in
 * memory, and packed where it is transposed. No memory is allocated: `scratch` holds what is packed.
 */
import { loadPart, madd, storePart, sumOf } from '../lanes/assembly';

/** Rows and columns of C that one inner loop keeps in registers: eight sums fill both multipliers. */
const tileRows: i32 = 4;
const tileColumns: i32 = 8;
/** Products that an inner loop sums: so much of a panel stays in the first cache. */
const blockDepth: i32 = 384;
/** Rows of A that are taken at a time: they stay in the second cache. */
const blockRows: i32 = 96;

// @ts-ignore: decorator
@inline
function tiles(n: i32, size: i32): i32 {
  return (n + size - 1) / size;
}

// @ts-ignore: decorator
@inline
function floats(count: i32): usize {
  return (<usize>count) << 2;
}

/** Bytes that a tile of C takes, for tiles that reach beyond C. */
export const edgeBytes: i32 = tileRows * tileColumns * 4;

/** Bytes of a packed B. */
export function packedSize(n: i32, k: i32): i32 {
  return tiles(n, tileColumns) * tileColumns * k * 4;
}

/** Bytes of scratch for a product with a B that is packed already. */
export function packedScratch(m: i32, k: i32): i32 {
  return (min(m, blockRows) + tileRows) * min(k, blockDepth) * 4 + edgeBytes;
}

/** Bytes of scratch for a product of these sizes. */
export function gemmScratch(m: i32, n: i32, k: i32): i32 {
  return packedSize(n, k) + packedScratch(m, k);
}

/**
 * @param rowsA floats from a row of A to the next; columnsA from a column to the next; so for B
 * @param rowsC floats from a row of C to the next; its columns lie side by side
 * @param accumulate whether C is added to
 */
export function gemm(
  a: usize,
  rowsA: i32,
  columnsA: i32,
  b: usize,
  rowsB: i32,
  columnsB: i32,
  c: usize,
  rowsC: i32,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
): void {
  if (m == 1 && columnsB == 1) {
    multiplyRow(a, columnsA, b, rowsB, c, n, k, accumulate);
    return;
  }
  if (n == 1 && columnsA == 1 && rowsB == 1) {
    multiplyColumn(a, rowsA, b, c, rowsC, m, k, accumulate);
    return;
  }
  packB(b, rowsB, columnsB, n, k, scratch);
  const rest = scratch + packedSize(n, k);
  gemmPacked(a, rowsA, columnsA, scratch, c, rowsC, m, n, k, accumulate, rest);
}

/** As gemm, with a B that packB packed. */
export function gemmPacked(
  a: usize,
  rowsA: i32,
  columnsA: i32,
  packedB: usize,
  c: usize,
  rowsC: i32,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const tilesN = tiles(n, tileColumns);
  const edge = scratch;
  const packedA = scratch + edgeBytes;
  for (let from = 0; from < k; from += blockDepth) {
    const depth = min(blockDepth, k - from);
    const blockB = packedB + floats(from * tilesN * tileColumns);
    const isAdded = accumulate || from > 0;
    for (let first = 0; first < m; first += blockRows) {
      const rows = min(blockRows, m - first);
      const corner = a + floats(first * rowsA + from * columnsA);
      const target = c + floats(first * rowsC);
      if (columnsA == 1)
        multiplyBlock(corner, floats(rowsA), blockB, target, rowsC, rows, n, depth, isAdded, edge);
      else {
        packA(corner, rowsA, columnsA, rows, depth, packedA);
        multiplyPanels(packedA, blockB, target, rowsC, rows, n, depth, isAdded, edge);
      }
    }
  }
}

/** C = rows of A as they lie, `stepRow` bytes apart, · packed columns. */
function multiplyBlock(
  a: usize,
  stepRow: usize,
  packedB: usize,
  c: usize,
  rowsC: i32,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  edge: usize,
): void {
  const bytes = floats(rowsC);
  for (let column = 0; column < n; column += tileColumns) {
    const b = packedB + floats(column * k);
    for (let row = 0; row < m; row += tileRows) {
      const last = m - row - 1; // beyond A its last row is read again
      const p = a + <usize>row * stepRow;
      tileOrEdge(
        p,
        p + <usize>min(1, last) * stepRow,
        p + <usize>min(2, last) * stepRow,
        p + <usize>min(3, last) * stepRow,
        4,
        k,
        1,
        0,
        b,
        c + <usize>row * bytes + floats(column),
        bytes,
        m - row,
        n - column,
        accumulate,
        edge,
      );
    }
  }
}

/** C = packed rows · packed columns. */
function multiplyPanels(
  packedA: usize,
  packedB: usize,
  c: usize,
  rowsC: i32,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  edge: usize,
): void {
  const bytes = floats(rowsC);
  for (let column = 0; column < n; column += tileColumns) {
    const b = packedB + floats(column * k);
    for (let row = 0; row < m; row += tileRows) {
      const p = packedA + floats(row * k);
      const target = c + <usize>row * bytes + floats(column);
      tileOrEdge(
        p,
        p + 4,
        p + 8,
        p + 12,
        16,
        k,
        1,
        0,
        b,
        target,
        bytes,
        m - row,
        n - column,
        accumulate,
        edge,
      );
    }
  }
}

/**
 * C[m, n] (+)= Σ over [runs, run] of A · packed B, where row i of A starts at the place that `starts` names, goes on
 * by `step` bytes within a run, and by `jump` more after it: what lies in an image is read where it is.
 * @param starts uint32 [m], in bytes, with room for three more
 */
export function gemmGathered(
  starts: usize,
  step: usize,
  run: i32,
  runs: i32,
  jump: usize,
  packedB: usize,
  c: usize,
  rowsC: i32,
  m: i32,
  n: i32,
  accumulate: bool,
  edge: usize,
): void {
  const bytes = floats(rowsC);
  for (let i = 0; i < tileRows - 1; i++)
    store<u32>(starts + floats(m + i), load<u32>(starts + floats(m - 1)));
  for (let column = 0; column < n; column += tileColumns) {
    const b = packedB + floats(column * run * runs);
    for (let row = 0; row < m; row += tileRows) {
      const from = starts + floats(row);
      tileOrEdge(
        <usize>load<u32>(from),
        <usize>load<u32>(from, 4),
        <usize>load<u32>(from, 8),
        <usize>load<u32>(from, 12),
        step,
        run,
        runs,
        jump,
        b,
        c + <usize>row * bytes + floats(column),
        bytes,
        m - row,
        n - column,
        accumulate,
        edge,
      );
    }
  }
}

/** A tile of C, or what is left of one at the border. */
// @ts-ignore: decorator
@inline
function tileOrEdge(
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

/** c[n] (+)= a · B, one row: B is read as it lies. */
function multiplyRow(
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
function multiplyColumn(
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

/** Tiles of four rows, one value of each after the other; beyond A are zeros. For an A whose columns don't lie side by side. */
function packA(a: usize, rowsA: i32, columnsA: i32, m: i32, k: i32, to: usize): void {
  const stepRow = floats(rowsA);
  const stepColumn = floats(columnsA);
  for (let row = 0; row < m; row += tileRows) {
    const left = m - row;
    let from = a + <usize>row * stepRow;
    if (rowsA == 1 && left >= tileRows)
      for (let p = 0; p < k; p++) {
        v128.store(to, v128.load(from));
        from += stepColumn;
        to += 16;
      }
    else
      for (let p = 0; p < k; p++) {
        for (let i = 0; i < tileRows; i++)
          store<f32>(to + floats(i), i < left ? load<f32>(from + <usize>i * stepRow) : 0);
        from += stepColumn;
        to += 16;
      }
  }
}

/** Four rows of `k` values, read along, written across: one value of each after the other, `stepTo` bytes apart. */
function transpose4(from: usize, stepRow: usize, k: i32, to: usize, stepTo: usize): void {
  let p0 = from,
    p1 = from + stepRow,
    p2 = from + 2 * stepRow,
    p3 = from + 3 * stepRow;
  let p = 0;
  for (; p + 4 <= k; p += 4) {
    const r0 = v128.load(p0),
      r1 = v128.load(p1),
      r2 = v128.load(p2),
      r3 = v128.load(p3);
    const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5),
      t1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const t2 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5),
      t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<i64>(t0, t2, 0, 2));
    v128.store(to + stepTo, v128.shuffle<i64>(t0, t2, 1, 3));
    v128.store(to + 2 * stepTo, v128.shuffle<i64>(t1, t3, 0, 2));
    v128.store(to + 3 * stepTo, v128.shuffle<i64>(t1, t3, 1, 3));
    p0 += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
    to += 4 * stepTo;
  }
  for (; p < k; p++) {
    store<f32>(to, load<f32>(p0));
    store<f32>(to, load<f32>(p1), 4);
    store<f32>(to, load<f32>(p2), 8);
    store<f32>(to, load<f32>(p3), 12);
    p0 += 4;
    p1 += 4;
    p2 += 4;
    p3 += 4;
    to += stepTo;
  }
}

/** For gemmPacked: block after block of depth, in each tiles of eight columns. */
export function packB(b: usize, rowsB: i32, columnsB: i32, n: i32, k: i32, to: usize): void {
  for (let from = 0; from < k; from += blockDepth) {
    const depth = min(blockDepth, k - from);
    packBlock(b + floats(from * rowsB), rowsB, columnsB, n, depth, to, depth);
    to += floats(tiles(n, tileColumns) * tileColumns * depth);
  }
}

/**
 * Tiles of eight columns, a row of each after the other; columns beyond B are 0.
 * @param depth rows from a tile to the next: more than k where other rows come after these
 */
export function packBlock(
  b: usize,
  rowsB: i32,
  columnsB: i32,
  n: i32,
  k: i32,
  to: usize,
  depth: i32,
): void {
  const stepRow = floats(rowsB);
  const stepColumn = floats(columnsB);
  for (let column = 0; column < n; column += tileColumns) {
    const columns = min(tileColumns, n - column);
    let from = b + <usize>column * stepColumn;
    let target = to + floats(column * depth);
    if (columns == tileColumns && columnsB == 1)
      for (let p = 0; p < k; p++) {
        v128.store(target, v128.load(from));
        v128.store(target, v128.load(from, 16), 16);
        from += stepRow;
        target += 32;
      }
    else if (columns == tileColumns && rowsB == 1) {
      transpose4(from, stepColumn, k, target, 32);
      transpose4(from + 4 * stepColumn, stepColumn, k, target + 16, 32);
    } else
      for (let p = 0; p < k; p++) {
        for (let j = 0; j < tileColumns; j++)
          store<f32>(target + floats(j), j < columns ? load<f32>(from + <usize>j * stepColumn) : 0);
        from += stepRow;
        target += 32;
      }
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
