/**
 * The directions in which rows differ most, by subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4):
 * of a matrix that is only ever multiplied by, so that a sparse one stays so. Deterministic.
 */
import { Random } from '../lib/random.ts';

/** Centred: each column's mean is taken off by whoever multiplies. */
export interface CentredMatrix {
  rows: number;
  columns: number;
  /** out[rows] = A · vector[columns] */
  times(vector: Float64Array, out: Float64Array): void;
  /** out[columns] = Aᵀ · vector[rows] */
  transposedTimes(vector: Float64Array, out: Float64Array): void;
}

export interface PrincipalComponents {
  /** [rows, width], where each row lies; the first column spreads most. */
  scores: Float32Array;
  width: number;
  /** [width]: sums of squares of the columns of `scores`. */
  spreads: Float64Array;
}

const rounds = 12;
/** Directions beyond those asked for, which take up what isn't separated yet. */
const oversampling = 6;

/** @param most of components; fewer where there are fewer rows or columns */
export function principalComponents(matrix: CentredMatrix, most: number): PrincipalComponents {
  const parts = componentsInParts(matrix, most);
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

/** The same for what takes long: a part is one product with the matrix. */
export function* componentsInParts(
  matrix: CentredMatrix,
  most: number,
): Generator<void, PrincipalComponents, void> {
  const { rows, columns } = matrix;
  const width = Math.min(most, rows, columns);
  const tried = Math.min(width + oversampling, rows, columns);
  const random = new Random(0, 'principal components');
  let axes = Array.from({ length: tried }, () =>
    Float64Array.from({ length: columns }, () => random.normal()),
  );
  let images: Float64Array[] = [];
  for (let round = 0; round <= rounds; round++) {
    orthonormalise(axes);
    images = [];
    for (const axis of axes) {
      const image = new Float64Array(rows);
      matrix.times(axis, image);
      images.push(image);
      yield;
    }
    if (round === rounds) break;
    axes = [];
    for (const image of images) {
      const axis = new Float64Array(columns);
      matrix.transposedTimes(image, axis);
      axes.push(axis);
      yield;
    }
  }
  const spreads = separated(images);
  const order = spreads.map((_, i) => i).sort((a, b) => (spreads[b] ?? 0) - (spreads[a] ?? 0));
  const scores = new Float32Array(rows * width);
  order.slice(0, width).forEach((from, to) => {
    const image = images[from] ?? new Float64Array(rows);
    const sign = signOf(image);
    for (let row = 0; row < rows; row++) scores[row * width + to] = sign * (image[row] ?? 0);
  });
  return {
    scores,
    width,
    spreads: Float64Array.from(order.slice(0, width), (i) => spreads[i] ?? 0),
  };
}

/** Modified Gram and Schmidt, twice; what depends on those before becomes 0. */
function orthonormalise(vectors: readonly Float64Array[]) {
  vectors.forEach((vector, i) => {
    const before = dot(vector, vector);
    for (let pass = 0; pass < 2; pass++)
      for (const other of vectors.slice(0, i)) addScaled(vector, other, -dot(vector, other));
    const length = Math.sqrt(dot(vector, vector));
    const isNew = length > 1e-10 * Math.sqrt(before);
    for (let k = 0; k < vector.length; k++) vector[k] = isNew ? (vector[k] ?? 0) / length : 0;
  });
}

/**
 * Turns them among themselves until each is orthogonal to all others: one-sided Jacobi (Hestenes 1958).
 * @returns their squared lengths
 */
function separated(images: readonly Float64Array[]): number[] {
  for (let sweep = 0; sweep < 30; sweep++) {
    let isDone = true;
    for (let i = 0; i < images.length; i++)
      for (let j = i + 1; j < images.length; j++) {
        const [a, b] = [images[i], images[j]];
        if (a && b && turned(a, b)) isDone = false;
      }
    if (isDone) break;
  }
  return images.map((image) => dot(image, image));
}

/** @returns whether they had to be turned */
function turned(a: Float64Array, b: Float64Array): boolean {
  const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
  if (Math.abs(ab) <= 1e-12 * Math.sqrt(aa * bb)) return false;
  const zeta = (bb - aa) / (2 * ab);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k] ?? 0, b[k] ?? 0];
    a[k] = cosine * x - sine * y;
    b[k] = sine * x + cosine * y;
  }
  return true;
}

/** A component has no sign of its own: the farthest row is put on the positive side. */
function signOf(values: Float64Array): number {
  let farthest = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(farthest) + 1e-9) farthest = value;
  return farthest < 0 ? -1 : 1;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function addScaled(to: Float64Array, from: Float64Array, factor: number) {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] ?? 0) + factor * (from[i] ?? 0);
}
