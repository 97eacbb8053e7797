/**
 * Matrix product on 128-bit vectors: C = A · B, or C += A · B, float32. AssemblyScript. Blocked for the caches (Goto
 * and van de Geijn 2008). B is packed as the inner loop reads it, a block of its rows at a time; A is read as it lies where its rows are rows in
 * memory, and packed where it is transposed. No memory is allocated: `scratch` holds what is packed.
 */
import { floats } from '../lanes/assembly';
import {
  blockDepth,
  packA,
  packBlock,
  packedColumns,
  packedSize,
  tileColumns,
  tileRows,
} from './packing.assembly';
import { blockRows } from './scratch.assembly';
import { edgeBytes, tileOrEdge } from './tile.assembly';
import { multiplyColumn, multiplyRow } from './vector.assembly';

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
  gemmTiled(a, rowsA, columnsA, b, rowsB, columnsB, c, rowsC, m, n, k, accumulate, scratch);
}

/** By tiles, even where C is a single row or column. */
export function gemmTiled(
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
  const rest = scratch + packedSize(n, min(k, blockDepth));
  let from = 0;
  do {
    const depth = min(blockDepth, k - from);
    const corner = a + floats(from * columnsA);
    packBlock(b + floats(from * rowsB), rowsB, columnsB, n, depth, scratch, depth);
    gemmPacked(corner, rowsA, columnsA, scratch, c, rowsC, m, n, depth, accumulate, rest);
    accumulate = true;
    from += depth;
  } while (from < k);
}

/** As gemm, with a B that packB packed. A sum over nothing, such as a gradient of no rows, is 0. */
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
  if (k == 0 && !accumulate)
    for (let row = 0; row < m; row++) memory.fill(c + floats(row * rowsC), 0, floats(n));
  const added = accumulate ? c : 0;
  gemmOnto(added, rowsC, a, rowsA, columnsA, packedB, c, rowsC, m, n, k, scratch);
}

/**
 * C = A · packed B + what is added, of which a row is `rowsAdded` floats from the next: 0 of a bias. Of a sum over
 * nothing C stays what it was.
 * @param added 0: nothing
 */
export function gemmOnto(
  added: usize,
  rowsAdded: i32,
  a: usize,
  rowsA: i32,
  columnsA: i32,
  packedB: usize,
  c: usize,
  rowsC: i32,
  m: i32,
  n: i32,
  k: i32,
  scratch: usize,
): void {
  const edge = scratch;
  const packedA = scratch + edgeBytes;
  for (let from = 0; from < k; from += blockDepth) {
    const depth = min(blockDepth, k - from);
    const blockB = packedB + floats(from * packedColumns(n));
    if (from > 0) {
      added = c;
      rowsAdded = rowsC;
    }
    for (let first = 0; first < m; first += blockRows) {
      const rows = min(blockRows, m - first);
      const corner = a + floats(first * rowsA + from * columnsA);
      const target = c + floats(first * rowsC);
      const base = added ? added + floats(first * rowsAdded) : 0;
      if (columnsA == 1)
        multiplyBlock(
          corner,
          floats(rowsA),
          blockB,
          target,
          rowsC,
          rows,
          n,
          depth,
          base,
          rowsAdded,
          edge,
        );
      else {
        packA(corner, rowsA, columnsA, rows, depth, packedA);
        multiplyPanels(packedA, blockB, target, rowsC, rows, n, depth, base, rowsAdded, edge);
      }
    }
  }
}

/** C = rows of A as they lie, `stepRow` bytes apart, · packed columns. */
export function multiplyBlock(
  a: usize,
  stepRow: usize,
  packedB: usize,
  c: usize,
  rowsC: i32,
  m: i32,
  n: i32,
  k: i32,
  added: usize,
  rowsAdded: i32,
  edge: usize,
): void {
  const bytes = floats(rowsC);
  const stepAdded = floats(rowsAdded);
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
        added ? added + <usize>row * stepAdded + floats(column) : 0,
        stepAdded,
        edge,
      );
    }
  }
}

/** C = packed rows · packed columns. */
export function multiplyPanels(
  packedA: usize,
  packedB: usize,
  c: usize,
  rowsC: i32,
  m: i32,
  n: i32,
  k: i32,
  added: usize,
  rowsAdded: i32,
  edge: usize,
): void {
  const bytes = floats(rowsC);
  const stepAdded = floats(rowsAdded);
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
        added ? added + <usize>row * stepAdded + floats(column) : 0,
        stepAdded,
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
      const target = c + <usize>row * bytes + floats(column);
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
        target,
        bytes,
        m - row,
        n - column,
        accumulate ? target : 0,
        bytes,
        edge,
      );
    }
  }
}
