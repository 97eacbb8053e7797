/**
 * The largest singular values of a sparse matrix and their right vectors, by subspace iteration with Rayleigh–Ritz
 * (Halko, Martinsson & Tropp 2011, 4.4; Saad 2011, 5.2), repeated until the vectors stand still. Between two
 * projections a Chebyshev polynomial of XᵀX takes the place of a power: it holds down all that lies below the block
 * and lets the rest grow as fast as a polynomial of its degree can (Zhou, Saad, Tiago & Chelikowsky 2006).
 */
import { Random } from '../../lib/random.ts';
import { eigenSymmetricInParts } from '../../lib/symmetric.ts';
import type { Interactions } from '../interactions.ts';
import { Pace } from '../pace.ts';

/** Vectors beyond those wanted: the gap to the first that is left out decides how fast the iteration is. */
const oversampling = 20;
/** ‖XᵀX v − σ² v‖ by σ₁² at which a vector counts as found: far below what float32 tells apart. */
const tolerance = 1e-7;
const mostIterations = 300;
/** Of the polynomial. */
const highestDegree = 12;
/** How much more the first vector may grow than the last: of what rounding left of it in the others, too. */
const mostGrowth = 1e8;
/** Multiplications between two looks at the clock. */
const workInPart = 200_000;

type Pause = () => Promise<void>;

export interface TruncatedSvd {
  /** σ, descending. [rank] */
  singularValues: Float64Array;
  /** Right singular vectors by column: [items, rank] row-major. */
  vectors: Float64Array;
}

/** @param breathe told the share of the most iterations done and the largest residual so far */
export async function truncatedSvd(
  x: Interactions,
  wanted: number,
  seed: number,
  breathe: (done: number, residual: number) => Promise<void>,
): Promise<TruncatedSvd> {
  const { items } = x;
  const width = Math.min(wanted + oversampling, items);
  const rank = Math.min(wanted, width);
  const random = new Random(seed, 'svd');
  let basis = Float64Array.from({ length: items * width }, () => random.normal());
  let residual = Infinity;
  const pace = new Pace((done: number) => breathe(done, residual));
  const pause = async () => {
    if (pace.isDue()) await pace.breathe(progressOf(residual));
  };
  for (let iteration = 1; ; iteration++) {
    await orthonormalise(basis, items, width, pause);
    const product = await applyGram(x, basis, width, pause);
    const small = await projected(basis, product, items, width, pause);
    const { values, vectors } = await pace.drive(
      eigenSymmetricInParts(small, width),
      progressOf(residual),
    );
    const order = Array.from(values.keys()).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
    const rotation = columnsInOrder(vectors, width, order);
    basis = await rotated(basis, rotation, items, width, pause);
    const next = await rotated(product, rotation, items, width, pause);
    const sorted = Float64Array.from(order, (k) => values[k] ?? 0);
    residual = largestResidual(basis, next, sorted, items, width, rank);
    if (residual <= tolerance || iteration === mostIterations) {
      const singularValues = sorted.slice(0, rank).map((value) => Math.sqrt(Math.max(value, 0)));
      return { singularValues, vectors: firstColumns(basis, items, width, rank) };
    }
    basis = await filtered(x, basis, next, sorted, pause);
  }
}

/**
 * p(XᵀX) B with p a Chebyshev polynomial of the interval from 0 to the smallest of the block's values, scaled to 1 at
 * the largest.
 * @param basis B: orthonormal, in the order of its values. It is written over
 * @param product XᵀX B. It is written over
 * @param values of XᵀX on B, descending
 */
async function filtered(
  x: Interactions,
  basis: Float64Array<ArrayBuffer>,
  product: Float64Array<ArrayBuffer>,
  values: Float64Array,
  pause: Pause,
): Promise<Float64Array<ArrayBuffer>> {
  const half = (values.at(-1) ?? 0) / 2;
  const top = ((values[0] ?? 0) - half) / half;
  const degree = degreeFor(top);
  if (degree === 1) return product;
  let [before, now] = [basis, product];
  let sigma = 1 / top;
  for (let at = 0; at < now.length; at++)
    now[at] = (((now[at] ?? 0) - half * (before[at] ?? 0)) * sigma) / half;
  for (let k = 2; k <= degree; k++) {
    const nextSigma = 1 / (2 * top - sigma);
    const after = await applyGram(x, now, values.length, pause);
    for (let at = 0; at < after.length; at++)
      after[at] =
        (2 * nextSigma * ((after[at] ?? 0) - half * (now[at] ?? 0))) / half -
        sigma * nextSigma * (before[at] ?? 0);
    [before, now, sigma] = [now, after, nextSigma];
    await pause();
  }
  return now;
}

/**
 * The highest at which the polynomial is at most {@link mostGrowth} times larger there than in its interval.
 * @param top the largest value, in half lengths of the interval from its middle
 */
function degreeFor(top: number): number {
  // Also where the last value is 0 (X has a lower rank) or all are alike: then one product is all it takes.
  if (!(top > 1 && Number.isFinite(top))) return 1;
  const degree = Math.floor(Math.acosh(mostGrowth) / Math.acosh(top));
  return Math.min(Math.max(degree, 1), highestDegree);
}

/** The residual falls by a like factor each time: its logarithm says how far it is. */
function progressOf(residual: number): number {
  return Math.min(Math.max(Math.log(residual) / Math.log(tolerance), 0), 1) || 0;
}

/** XᵀX B of a dense B [items, width], by X's sparse rows. */
async function applyGram(
  x: Interactions,
  b: Float64Array,
  width: number,
  pause: Pause,
): Promise<Float64Array<ArrayBuffer>> {
  const { users, items, starts, indices, values } = x;
  const out = new Float64Array(items * width);
  const row = new Float64Array(width);
  for (let user = 0; user < users; user++) {
    if ((user & 63) === 0) await pause();
    row.fill(0);
    const to = starts[user + 1] ?? 0;
    for (let event = starts[user] ?? 0; event < to; event++) {
      const at = (indices[event] ?? 0) * width;
      const value = values[event] ?? 0;
      for (let f = 0; f < width; f++) row[f] = (row[f] ?? 0) + value * (b[at + f] ?? 0);
    }
    for (let event = starts[user] ?? 0; event < to; event++) {
      const at = (indices[event] ?? 0) * width;
      const value = values[event] ?? 0;
      for (let f = 0; f < width; f++) out[at + f] = (out[at + f] ?? 0) + value * (row[f] ?? 0);
    }
  }
  return out;
}

/** Modified Gram–Schmidt on columns, again where much of one was taken off ("twice is enough": Giraud et al. 2005). */
async function orthonormalise(b: Float64Array, rows: number, width: number, pause: Pause) {
  const columnsInPart = Math.max(1, Math.floor(workInPart / rows));
  for (let column = 0; column < width; column++) {
    let before = Math.sqrt(columnDot(b, b, rows, width, column, column));
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < column; other++) {
        if (other % columnsInPart === 0) await pause();
        const dot = columnDot(b, b, rows, width, other, column);
        for (let at = 0; at < rows * width; at += width)
          b[at + column] = (b[at + column] ?? 0) - dot * (b[at + other] ?? 0);
      }
      const length = Math.sqrt(columnDot(b, b, rows, width, column, column));
      // A column that is nothing but rounding (X has a lower rank) stays out.
      const scale = length > 1e-200 ? 1 / length : 0;
      for (let at = column; at < rows * width; at += width) b[at] = (b[at] ?? 0) * scale;
      if (length > 0.7 * before) break;
      before = 1;
    }
  }
}

function columnDot(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  width: number,
  i: number,
  j: number,
): number {
  let sum = 0;
  for (let at = 0; at < rows * width; at += width) sum += (a[at + i] ?? 0) * (b[at + j] ?? 0);
  return sum;
}

/** AᵀB, made symmetric to the last bit. [width, width] */
async function projected(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  width: number,
  pause: Pause,
): Promise<Float64Array> {
  const out = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    await pause();
    for (let j = 0; j <= i; j++) {
      const sum = columnDot(a, b, rows, width, i, j);
      out[i * width + j] = sum;
      out[j * width + i] = sum;
    }
  }
  return out;
}

function columnsInOrder(vectors: Float64Array, width: number, order: number[]): Float64Array {
  const out = new Float64Array(width * width);
  for (let i = 0; i < width; i++)
    order.forEach((from, to) => {
      out[i * width + to] = vectors[i * width + from] ?? 0;
    });
  return out;
}

/** B R. */
async function rotated(
  b: Float64Array,
  rotation: Float64Array,
  rows: number,
  width: number,
  pause: Pause,
): Promise<Float64Array<ArrayBuffer>> {
  const out = new Float64Array(rows * width);
  const rowsInPart = Math.max(1, Math.floor(workInPart / width ** 2));
  for (let row = 0; row < rows; row++) {
    if (row % rowsInPart === 0) await pause();
    for (let k = 0; k < width; k++) {
      const value = b[row * width + k] ?? 0;
      for (let j = 0; j < width; j++)
        out[row * width + j] = (out[row * width + j] ?? 0) + value * (rotation[k * width + j] ?? 0);
    }
  }
  return out;
}

/** max over the first `rank` of ‖product − value × vector‖, by the largest value. */
function largestResidual(
  vectors: Float64Array,
  products: Float64Array,
  values: Float64Array,
  rows: number,
  width: number,
  rank: number,
): number {
  let largest = 0;
  for (let k = 0; k < rank; k++) {
    const value = values[k] ?? 0;
    let squares = 0;
    for (let at = k; at < rows * width; at += width)
      squares += ((products[at] ?? 0) - value * (vectors[at] ?? 0)) ** 2;
    largest = Math.max(largest, Math.sqrt(squares));
  }
  return largest / (values[0] || 1);
}

function firstColumns(b: Float64Array, rows: number, width: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    out.set(b.subarray(row * width, row * width + columns), row * columns);
  return out;
}
