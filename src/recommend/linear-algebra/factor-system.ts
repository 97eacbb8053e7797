/** Small systems of one person or item: a weighted sum of outer products, and Cholesky's solution. Makes no memory. */
import { inRanges, type Parts } from '../../lib/parts.ts';
import { addTile, micro } from './row-products.ts';

/** Rows gathered at a time. */
const depth = 256;

export class FactorSystem {
  /** Factors, and those rounded up to whole tiles: the width of the matrix. */
  readonly factors: number;
  readonly #width: number;
  /** [width, width], the lower triangle in use. */
  readonly #matrix: Float64Array;
  readonly #packed: Float64Array;

  constructor(factors: number) {
    this.factors = factors;
    this.#width = Math.ceil(factors / micro) * micro;
    this.#matrix = new Float64Array(this.#width ** 2);
    this.#packed = new Float64Array(depth * this.#width);
  }

  /** matrix = Σ over the rows of y named by `indices` of weights × their outer products; all rows of y where null. */
  setGram(
    y: Float32Array,
    indices: Uint32Array | null,
    weights: Float32Array | null,
    scale: number,
  ) {
    this.#matrix.fill(0);
    const rows = indices?.length ?? y.length / this.factors;
    for (let start = 0; start < rows; start += depth)
      this.#addRows(y, indices, weights, scale, start, Math.min(depth, rows - start));
  }

  /** matrix = Σ over all rows of y of their outer products. */
  *gramInParts(y: Float32Array): Parts<void> {
    this.#matrix.fill(0);
    yield* inRanges(
      y.length / this.factors,
      (start, end) => {
        this.#addRows(y, null, null, 1, start, end - start);
      },
      depth,
    );
  }

  /** `terms` of the rows, from the one at `start`. */
  #addRows(
    y: Float32Array,
    indices: Uint32Array | null,
    weights: Float32Array | null,
    scale: number,
    start: number,
    terms: number,
  ) {
    const width = this.#width;
    const packed = this.#packed;
    this.#gather(y, indices, weights, scale, start, terms);
    for (let r = 0; r < width; r += micro)
      for (let c = 0; c <= r; c += micro)
        addTile(packed, r * terms, packed, c * terms, terms, this.#matrix, r * width + c, width);
  }

  /** Of each row √(weight × scale) × its factors: [width / 4, terms, 4]. */
  #gather(
    y: Float32Array,
    indices: Uint32Array | null,
    weights: Float32Array | null,
    scale: number,
    start: number,
    terms: number,
  ) {
    const { factors } = this;
    const packed = this.#packed;
    for (let k = 0; k < terms; k++) {
      const row = indices ? (indices[start + k] ?? 0) : start + k;
      const weight = Math.sqrt(weights ? (weights[start + k] ?? 0) * scale : scale);
      let at = row * factors;
      for (let f = 0; f < factors; f++)
        packed[(f >> 2) * 4 * terms + k * 4 + (f & 3)] = weight * (y[at++] ?? 0);
      for (let f = factors; f < this.#width; f++)
        packed[(f >> 2) * 4 * terms + k * 4 + (f & 3)] = 0;
    }
  }

  /** Adds another system's matrix, and to the diagonal. */
  add(other: FactorSystem, diagonal: number) {
    const from = other.#matrix;
    const to = this.#matrix;
    for (let at = 0; at < to.length; at++) to[at] = (to[at] ?? 0) + (from[at] ?? 0);
    for (let f = 0; f < this.factors; f++) {
      const at = f * (this.#width + 1);
      to[at] = (to[at] ?? 0) + diagonal;
    }
  }

  /** xᵀ M x */
  quadratic(x: Float32Array, offset: number): number {
    let sum = 0;
    for (let r = 0; r < this.factors; r++) {
      let row = 0;
      for (let c = 0; c < r; c++)
        row += (this.#matrix[r * this.#width + c] ?? 0) * (x[offset + c] ?? 0);
      const own = x[offset + r] ?? 0;
      sum += own * (2 * row + (this.#matrix[r * (this.#width + 1)] ?? 0) * own);
    }
    return sum;
  }

  /** The matrix becomes its Cholesky factor; it must be positive definite, as one with a ridge is. */
  factor() {
    const { factors } = this;
    const width = this.#width;
    const l = this.#matrix;
    for (let r = 0; r < factors; r++)
      for (let c = 0; c <= r; c++) {
        let sum = l[r * width + c] ?? 0;
        for (let k = 0; k < c; k++) sum -= (l[r * width + k] ?? 0) * (l[c * width + k] ?? 0);
        l[r * width + c] = r === c ? Math.sqrt(sum) : sum / (l[c * width + c] ?? 1);
      }
  }

  /** After `factor`: x becomes the solution of matrix · x' = x. */
  solve(x: Float64Array) {
    const { factors } = this;
    const width = this.#width;
    const l = this.#matrix;
    for (let r = 0; r < factors; r++) {
      let sum = x[r] ?? 0;
      for (let k = 0; k < r; k++) sum -= (l[r * width + k] ?? 0) * (x[k] ?? 0);
      x[r] = sum / (l[r * width + r] ?? 1);
    }
    for (let r = factors - 1; r >= 0; r--) {
      const value = (x[r] ?? 0) / (l[r * width + r] ?? 1);
      x[r] = value;
      for (let k = 0; k < r; k++) x[k] = (x[k] ?? 0) - (l[r * width + k] ?? 0) * value;
    }
  }
}
