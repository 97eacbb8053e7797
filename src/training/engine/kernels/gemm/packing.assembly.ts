/** Matrices laid out as the inner loop of a product reads them: tiles, one after the other. AssemblyScript. */
import { floats } from '../lanes/assembly';

/** Rows and columns of C that one inner loop keeps in registers: eight sums fill both multipliers. */
export const tileRows: i32 = 4;
export const tileColumns: i32 = 8;
/** Products that an inner loop sums: so much of a panel stays in the first cache. */
export const blockDepth: i32 = 384;

// @ts-ignore: decorator
@inline
function tiles(n: i32, size: i32): i32 {
  return (n + size - 1) / size;
}

/** Columns of a packed B: whole tiles. */
// @ts-ignore: decorator
@inline
export function packedColumns(n: i32): i32 {
  return tiles(n, tileColumns) * tileColumns;
}

/** Bytes of a packed B. */
export function packedSize(n: i32, k: i32): i32 {
  return packedColumns(n) * k * 4;
}

/** Tiles of four rows, one value of each after the other; beyond A are zeros. For an A whose columns don't lie side by side. */
export function packA(a: usize, rowsA: i32, columnsA: i32, m: i32, k: i32, to: usize): void {
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

/** For gemmPacked: block after block of depth, in each tiles of eight columns. */
export function packB(b: usize, rowsB: i32, columnsB: i32, n: i32, k: i32, to: usize): void {
  for (let from = 0; from < k; from += blockDepth) {
    const depth = min(blockDepth, k - from);
    packBlock(b + floats(from * rowsB), rowsB, columnsB, n, depth, to, depth);
    to += floats(packedColumns(n) * depth);
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
    if (n - column >= 2 * tileColumns && columnsB == 1) {
      // Two tiles: all of a cache line.
      const second = floats(tileColumns * depth);
      for (let p = 0; p < k; p++) {
        v128.store(target, v128.load(from));
        v128.store(target, v128.load(from, 16), 16);
        v128.store(target + second, v128.load(from, 32));
        v128.store(target + second, v128.load(from, 48), 16);
        from += stepRow;
        target += 32;
      }
      column += tileColumns;
    } else if (columns == tileColumns && columnsB == 1)
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

/** Four rows of `k` values, read along, written across: one value of each after the other, `stepTo` bytes apart. */
export function transpose4(from: usize, stepRow: usize, k: i32, to: usize, stepTo: usize): void {
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
