/**
 * Matrix product on 128-bit vectors: C = A · B, or C += A · B, float32. AssemblyScript, not TypeScript.
 * Both sides are first packed as the inner loop reads them (Goto and van de Geijn 2008), by their own strides,
 * so that a transposed side costs nothing more. No memory is allocated: `scratch` holds the packed panels.
 */

/** Rows and columns of C that one inner loop keeps in registers. */
const tileRows: i32 = 4;
const tileColumns: i32 = 8;

/** Bytes of scratch for a product of these sizes. */
export function gemmScratch(m: i32, n: i32, k: i32): i32 {
  const rows = ((m + tileRows - 1) / tileRows) * tileRows;
  const columns = ((n + tileColumns - 1) / tileColumns) * tileColumns;
  return ((rows + columns) * k + tileRows * tileColumns) * 4;
}

/**
 * @param rowsA floats from a row of A to the next; columnsA from a column to the next; so for B
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
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const tilesM = (m + tileRows - 1) / tileRows;
  const tilesN = (n + tileColumns - 1) / tileColumns;
  const packedA = scratch;
  const packedB = packedA + ((<usize>(tilesM * tileRows * k)) << 2);
  const edge = packedB + ((<usize>(tilesN * tileColumns * k)) << 2);
  packA(a, rowsA, columnsA, m, k, packedA);
  packB(b, rowsB, columnsB, n, k, packedB);
  for (let tileN = 0; tileN < tilesN; tileN++) {
    const column = tileN * tileColumns;
    const panelB = packedB + ((<usize>(column * k)) << 2);
    for (let tileM = 0; tileM < tilesM; tileM++) {
      const row = tileM * tileRows;
      const panelA = packedA + ((<usize>(row * k)) << 2);
      const target = c + ((<usize>(row * n + column)) << 2);
      if (row + tileRows <= m && column + tileColumns <= n)
        tile(panelA, panelB, target, (<usize>n) << 2, k, accumulate);
      else {
        tile(panelA, panelB, edge, (<usize>tileColumns) << 2, k, false);
        const rows = min(tileRows, m - row);
        const columns = min(tileColumns, n - column);
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < columns; j++) {
            const at = target + ((<usize>(i * n + j)) << 2);
            const value = load<f32>(edge + ((<usize>(i * tileColumns + j)) << 2));
            store<f32>(at, accumulate ? load<f32>(at) + value : value);
          }
      }
    }
  }
}

/** Tiles of four rows, one value of each after the other; rows beyond A are 0. */
function packA(a: usize, rowsA: i32, columnsA: i32, m: i32, k: i32, to: usize): void {
  const stepRow = (<usize>rowsA) << 2;
  const stepColumn = (<usize>columnsA) << 2;
  for (let row = 0; row < m; row += tileRows) {
    const rows = min(tileRows, m - row);
    const base = a + <usize>row * stepRow;
    if (rows == tileRows) {
      let p0 = base,
        p1 = base + stepRow,
        p2 = base + 2 * stepRow,
        p3 = base + 3 * stepRow;
      for (let p = 0; p < k; p++) {
        store<f32>(to, load<f32>(p0));
        store<f32>(to, load<f32>(p1), 4);
        store<f32>(to, load<f32>(p2), 8);
        store<f32>(to, load<f32>(p3), 12);
        p0 += stepColumn;
        p1 += stepColumn;
        p2 += stepColumn;
        p3 += stepColumn;
        to += 16;
      }
    } else
      for (let p = 0; p < k; p++) {
        const from = base + <usize>p * stepColumn;
        for (let i = 0; i < tileRows; i++)
          store<f32>(to + ((<usize>i) << 2), i < rows ? load<f32>(from + <usize>i * stepRow) : 0);
        to += 16;
      }
  }
}

/** Tiles of eight columns, a row of each after the other; columns beyond B are 0. */
function packB(b: usize, rowsB: i32, columnsB: i32, n: i32, k: i32, to: usize): void {
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
    else
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
}

function tile(a: usize, b: usize, c: usize, rowBytes: usize, k: i32, accumulate: bool): void {
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
    a += 16;
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

/** Inlined by the compiler. */
function madd(x: v128, y: v128, z: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(x, y, z) : f32x4.add(f32x4.mul(x, y), z);
}
