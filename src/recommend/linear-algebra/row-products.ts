/** Products of rows with rows, a block by a block: what the big dense steps spend their time in. */
import { openAssembly } from './open-kernels.ts';

/** Rows of a block. */
export const blockSize = 64;
/** Terms at a time: two packed blocks are 256 kB, which a core's own cache holds. */
const depth = 256;
/** A micro tile is 4 × 4: its sums stay in registers. */
export const micro = 4;

/** Some rows of a matrix, at most `blockSize`. */
export interface Rows {
  row: number;
  rows: number;
  isUpper?: boolean;
}

/** Where packed rows and their sums lie, and who multiplies them. */
interface Bench {
  /** [blockSize / 4, depth, 4] at most, and so is `right`. */
  left: Float64Array;
  right: Float64Array;
  /** [blockSize, blockSize] */
  sums: Float64Array;
  /** Adds the products of whole panels to the sums. */
  multiply: (rows: number, columns: number, terms: number) => void;
}

/**
 * Adds up products of rows of one matrix: on WebAssembly's vectors of two numbers where there are some, else in
 * JavaScript. Has its own memory, and so makes none while it works.
 */
export class RowProducts {
  readonly #bench: Bench;

  constructor(bench: Bench = vectorBench() ?? scalarBench()) {
    this.#bench = bench;
  }

  /**
   * Of rows that are marked `isUpper` what is before the diagonal counts as 0.
   * sums[r, c] = Σ over k in [from, to) of a[leftRow + r, k] · a[rightRow + c, k], for leftRows × rightRows of them.
   * @param a row-major, `width` numbers a row
   */
  compute(
    a: Float64Array,
    width: number,
    left: Rows,
    right: Rows,
    from: number,
    to: number,
  ): Float64Array {
    const { left: leftPanels, right: rightPanels, sums } = this.#bench;
    sums.fill(0);
    for (let start = from; start < to; start += depth) {
      const terms = Math.min(depth, to - start);
      pack(a, width, left, start, terms, leftPanels);
      pack(a, width, right, start, terms, rightPanels);
      this.#bench.multiply(left.rows, right.rows, terms);
    }
    return sums;
  }
}

const panels = blockSize * depth;

/** Sums to the last bit like those without relaxed SIMD. */
export function scalarBench(): Bench {
  const left = new Float64Array(panels);
  const right = new Float64Array(panels);
  const sums = new Float64Array(blockSize * blockSize);
  return {
    left,
    right,
    sums,
    multiply(rows, columns, terms) {
      for (let r = 0; r < rows; r += micro)
        for (let c = 0; c < columns; c += micro)
          addTile(left, r * terms, right, c * terms, terms, sums, r * blockSize + c, blockSize);
    },
  };
}

/** Null where WebAssembly has no vectors. */
export function vectorBench(codes?: readonly string[]): Bench | null {
  const opened = openAssembly(8 * (2 * panels + blockSize * blockSize), codes);
  if (!opened) return null;
  const { addProducts, memory } = opened;
  const [left, right, sums] = [0, 8 * panels, 16 * panels];
  return {
    left: new Float64Array(memory.buffer, left, panels),
    right: new Float64Array(memory.buffer, right, panels),
    sums: new Float64Array(memory.buffer, sums, blockSize * blockSize),
    multiply: (rows, columns, terms) =>
      addProducts(left, right, sums, rows, columns, terms, blockSize),
  };
}

/** Four rows at a time, term by term: [rows / 4, terms, 4]; rows that are missing of the last four are 0. */
function pack(
  a: Float64Array,
  width: number,
  { row, rows, isUpper = false }: Rows,
  start: number,
  terms: number,
  out: Float64Array,
) {
  for (let r = 0; r < rows; r++) {
    let to = (r - (r % micro)) * terms + (r % micro);
    let at = (row + r) * width + start;
    const blank = isUpper ? Math.min(Math.max(row + r - start, 0), terms) : 0;
    for (let k = 0; k < blank; k++, to += micro) out[to] = 0;
    at += blank;
    for (let k = blank; k < terms; k++, to += micro) out[to] = a[at++] ?? 0;
  }
  for (let r = rows; r % micro !== 0; r++) {
    let to = (r - (r % micro)) * terms + (r % micro);
    for (let k = 0; k < terms; k++, to += micro) out[to] = 0;
  }
}

/** Adds the products of four packed rows with four others to 4 × 4 sums at `at`, `stride` apart. */
export function addTile(
  left: Float64Array,
  leftAt: number,
  right: Float64Array,
  rightAt: number,
  terms: number,
  sums: Float64Array,
  at: number,
  stride: number,
) {
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s23 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  let s33 = 0;
  let p = leftAt;
  let q = rightAt;
  for (let k = 0; k < terms; k++) {
    const x0 = left[p] ?? 0;
    const x1 = left[p + 1] ?? 0;
    const x2 = left[p + 2] ?? 0;
    const x3 = left[p + 3] ?? 0;
    const y0 = right[q] ?? 0;
    const y1 = right[q + 1] ?? 0;
    const y2 = right[q + 2] ?? 0;
    const y3 = right[q + 3] ?? 0;
    p += micro;
    q += micro;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
    s20 += x2 * y0;
    s21 += x2 * y1;
    s22 += x2 * y2;
    s23 += x2 * y3;
    s30 += x3 * y0;
    s31 += x3 * y1;
    s32 += x3 * y2;
    s33 += x3 * y3;
  }
  addRow(sums, at, s00, s01, s02, s03);
  addRow(sums, at + stride, s10, s11, s12, s13);
  addRow(sums, at + 2 * stride, s20, s21, s22, s23);
  addRow(sums, at + 3 * stride, s30, s31, s32, s33);
}

function addRow(sums: Float64Array, at: number, a: number, b: number, c: number, d: number) {
  sums[at] = (sums[at] ?? 0) + a;
  sums[at + 1] = (sums[at + 1] ?? 0) + b;
  sums[at + 2] = (sums[at + 2] ?? 0) + c;
  sums[at + 3] = (sums[at + 3] ?? 0) + d;
}
