/**
 * Matrix product on 128-bit vectors: C = A · B, or C += A · B, float32. AssemblyScript. Blocked for the caches and
 * packed as the inner loop reads it (Goto and van de Geijn 2008), by the sides' own strides, so that a transposed
 * side costs nothing more. No memory is allocated: `scratch` holds the packed panels.
 */
import { madd } from '../lanes/assembly';

/** Rows and columns of C that one inner loop keeps in registers. */
const tileRows: i32 = 4;
const tileColumns: i32 = 8;
/** Products that an inner loop sums: so much of a panel stays in the first cache. */
const blockDepth: i32 = 384;
/** Rows of A that are packed at a time: they stay in the second cache. */
const blockRows: i32 = 96;

// @ts-ignore: decorator
@inline
function tiles(n: i32, size: i32): i32 {
  return (n + size - 1) / size;
}

/** Bytes of a packed B. */
export function packedSize(n: i32, k: i32): i32 {
  return tiles(n, tileColumns) * tileColumns * k * 4;
}

/** Bytes of scratch for a product with a B that is packed already. */
export function packedScratch(m: i32, k: i32): i32 {
  return (
    (tiles(min(m, blockRows), tileRows) * tileRows * min(k, blockDepth) + tileRows * tileColumns) *
    4
  );
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
  const packedA = scratch + tileRows * tileColumns * 4;
  for (let from = 0; from < k; from += blockDepth) {
    const depth = min(blockDepth, k - from);
    const blockB = packedB + ((<usize>(from * tilesN * tileColumns)) << 2);
    const isAdded = accumulate || from > 0;
    for (let first = 0; first < m; first += blockRows) {
      const rows = min(blockRows, m - first);
      const corner = a + ((<usize>(first * rowsA + from * columnsA)) << 2);
      packA(corner, rowsA, columnsA, rows, depth, packedA);
      const target = c + ((<usize>(first * rowsC)) << 2);
      multiplyPanels(packedA, blockB, target, rowsC, rows, n, depth, isAdded, edge);
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
  const bytes = (<usize>rowsC) << 2;
  for (let column = 0; column < n; column += tileColumns) {
    const panelB = packedB + ((<usize>(column * k)) << 2);
    for (let row = 0; row < m; row += tileRows) {
      const panelA = packedA + ((<usize>(row * k)) << 2);
      const target = c + (<usize>row) * bytes + ((<usize>column) << 2);
      tileOrEdge(panelA, 16, panelB, target, bytes, k, m - row, n - column, accumulate, edge);
    }
  }
}

/**
 * A tile of C, or what is left of one at the border.
 * @param stepA bytes from four values of A to the next four
 */
// @ts-ignore: decorator
@inline
function tileOrEdge(
  a: usize,
  stepA: usize,
  b: usize,
  target: usize,
  bytes: usize,
  k: i32,
  rowsLeft: i32,
  columnsLeft: i32,
  accumulate: bool,
  edge: usize,
): void {
  if (rowsLeft >= tileRows && columnsLeft >= tileColumns)
    tile(a, stepA, b, target, bytes, k, accumulate);
  else {
    tile(a, stepA, b, edge, (<usize>tileColumns) << 2, k, false);
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
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const at = target + <usize>i * bytes + ((<usize>j) << 2);
      const value = load<f32>(edge + ((<usize>(i * tileColumns + j)) << 2));
      store<f32>(at, accumulate ? load<f32>(at) + value : value);
    }
}

/**
 * C[m, n] (+)= Aᵀ · B, A as it lies, [k, m] row after row with room to read up to three values beyond its last
 * row: nothing is packed but B. For the many rows of a convolution's patches.
 */
export function gemmTransposed(
  a: usize,
  rowsA: i32,
  b: usize,
  rowsB: i32,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const edge = scratch;
  const packed = scratch + tileRows * tileColumns * 4;
  packBlock(b, rowsB, 1, n, k, packed);
  const bytes = (<usize>n) << 2;
  for (let column = 0; column < n; column += tileColumns) {
    const panelB = packed + ((<usize>(column * k)) << 2);
    for (let row = 0; row < m; row += tileRows) {
      const from = a + ((<usize>row) << 2);
      const target = c + <usize>row * bytes + ((<usize>column) << 2);
      const step = (<usize>rowsA) << 2;
      tileOrEdge(from, step, panelB, target, bytes, k, m - row, n - column, accumulate, edge);
    }
  }
}

/** Tiles of four rows, one value of each after the other; rows beyond A are 0. */
function packA(a: usize, rowsA: i32, columnsA: i32, m: i32, k: i32, to: usize): void {
  const stepRow = (<usize>rowsA) << 2;
  const stepColumn = (<usize>columnsA) << 2;
  for (let row = 0; row < m; row += tileRows) {
    const rows = min(tileRows, m - row);
    let from = a + <usize>row * stepRow;
    if (rows == tileRows && rowsA == 1) {
      for (let p = 0; p < k; p++) {
        v128.store(to, v128.load(from));
        from += stepColumn;
        to += 16;
      }
    } else if (rows == tileRows && columnsA == 1) {
      to = transpose4(from, stepRow, k, to, 16);
    } else
      for (let p = 0; p < k; p++) {
        for (let i = 0; i < tileRows; i++)
          store<f32>(to + ((<usize>i) << 2), i < rows ? load<f32>(from + <usize>i * stepRow) : 0);
        from += stepColumn;
        to += 16;
      }
  }
}

/** Four rows of `k` values, read along, written across: one value of each after the other, `stepTo` bytes apart. */
function transpose4(from: usize, stepRow: usize, k: i32, to: usize, stepTo: usize): usize {
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
  return to;
}

/** For gemmPacked: block after block of depth, in each tiles of eight columns. */
export function packB(b: usize, rowsB: i32, columnsB: i32, n: i32, k: i32, to: usize): void {
  for (let from = 0; from < k; from += blockDepth) {
    const depth = min(blockDepth, k - from);
    const corner = b + ((<usize>(from * rowsB)) << 2);
    to = packBlock(corner, rowsB, columnsB, n, depth, to);
  }
}

/** Tiles of eight columns, a row of each after the other; columns beyond B are 0. */
function packBlock(b: usize, rowsB: i32, columnsB: i32, n: i32, k: i32, to: usize): usize {
  const stepRow = (<usize>rowsB) << 2;
  const stepColumn = (<usize>columnsB) << 2;
  for (let column = 0; column < n; column += tileColumns) {
    const columns = min(tileColumns, n - column);
    let from = b + <usize>column * stepColumn;
    if (columns == tileColumns && columnsB == 1)
      for (let p = 0; p < k; p++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += stepRow;
        to += 32;
      }
    else if (columns == tileColumns && rowsB == 1) {
      transpose4(from, stepColumn, k, to, 32);
      transpose4(from + 4 * stepColumn, stepColumn, k, to + 16, 32);
      to += (<usize>k) << 5;
    } else
      for (let p = 0; p < k; p++) {
        for (let j = 0; j < tileColumns; j++)
          store<f32>(
            to + ((<usize>j) << 2),
            j < columns ? load<f32>(from + <usize>j * stepColumn) : 0,
          );
        from += stepRow;
        to += 32;
      }
  }
  return to;
}

function tile(
  a: usize,
  stepA: usize,
  b: usize,
  c: usize,
  rowBytes: usize,
  k: i32,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0),
    c01 = f32x4.splat(0),
    c10 = f32x4.splat(0),
    c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0),
    c21 = f32x4.splat(0),
    c30 = f32x4.splat(0),
    c31 = f32x4.splat(0);
  for (let p = 0; p < k; p++) {
    const b0 = v128.load(b),
      b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a),
      a1 = v128.load32_splat(a, 4);
    const a2 = v128.load32_splat(a, 8),
      a3 = v128.load32_splat(a, 12);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    a += stepA;
    b += 32;
  }
  const r1 = c + rowBytes,
    r2 = c + 2 * rowBytes,
    r3 = c + 3 * rowBytes;
  if (accumulate) {
    c00 = f32x4.add(c00, v128.load(c));
    c01 = f32x4.add(c01, v128.load(c, 16));
    c10 = f32x4.add(c10, v128.load(r1));
    c11 = f32x4.add(c11, v128.load(r1, 16));
    c20 = f32x4.add(c20, v128.load(r2));
    c21 = f32x4.add(c21, v128.load(r2, 16));
    c30 = f32x4.add(c30, v128.load(r3));
    c31 = f32x4.add(c31, v128.load(r3, 16));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
}
