/**
 * What is known of each item as a row of numbers, however it is held: dense vectors, a square matrix of what items say
 * of one another, or who had it. Rows are only ever multiplied by, so that a sparse matrix stays so.
 */
import type { Interactions } from './interactions.ts';
import type { ItemWeights } from './recommender.ts';
import { transpose } from './transpose.ts';

export interface ItemRows {
  rows: number;
  columns: number;
  /** Lengths of the rows. [rows] */
  norms: Float64Array;
  /** out[rows] = R · vector[columns] */
  times(vector: Float64Array, out: Float64Array): void;
  /** out[columns] = Rᵀ · vector[rows] */
  transposedTimes(vector: Float64Array, out: Float64Array): void;
}

/** @param values [items, width] */
export function vectorRows({ values, width }: { values: Float32Array; width: number }): ItemRows {
  const rows = width > 0 ? values.length / width : 0;
  const norms = new Float64Array(rows);
  for (let at = 0; at < values.length; at++) {
    const row = Math.floor(at / width);
    norms[row] = (norms[row] ?? 0) + (values[at] ?? 0) ** 2;
  }
  return {
    ...{ rows, columns: width, norms: norms.map(Math.sqrt) },
    times(vector, out) {
      for (let row = 0, at = 0; row < rows; row++) {
        let sum = 0;
        for (let k = 0; k < width; k++, at++) sum += (values[at] ?? 0) * (vector[k] ?? 0);
        out[row] = sum;
      }
    },
    transposedTimes(vector, out) {
      out.fill(0);
      for (let row = 0, at = 0; row < rows; row++) {
        const factor = vector[row] ?? 0;
        for (let k = 0; k < width; k++, at++) out[k] = (out[k] ?? 0) + (values[at] ?? 0) * factor;
      }
    },
  };
}

/** Rows of W + Wᵀ: what two items say of each other, either way. */
export function weightRows({ items, starts, targets, values }: ItemWeights): ItemRows {
  if (targets === null) return denseSums(values, items);
  return sparseRows(sparseSums({ rows: items, columns: items, starts, targets, values }));
}

/** Who had each item: 1 or 0 a person, whatever the values. */
export function peopleRows(known: Interactions): ItemRows {
  const { users, items, starts, indices } = transpose(known);
  return sparseRows({
    ...{ rows: users, columns: items, starts, targets: indices },
    values: new Float32Array(indices.length).fill(1),
  });
}

/** Compressed rows: those of row i are at [starts[i], starts[i + 1]). */
interface SparseMatrix {
  rows: number;
  columns: number;
  starts: Uint32Array;
  targets: Uint32Array;
  values: Float32Array;
}

function sparseRows({ rows, columns, starts, targets, values }: SparseMatrix): ItemRows {
  const norms = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let squares = 0;
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++)
      squares += (values[at] ?? 0) ** 2;
    norms[row] = Math.sqrt(squares);
  }
  return {
    ...{ rows, columns, norms },
    times(vector, out) {
      for (let row = 0; row < rows; row++) {
        let sum = 0;
        const to = starts[row + 1] ?? 0;
        for (let at = starts[row] ?? 0; at < to; at++)
          sum += (values[at] ?? 0) * (vector[targets[at] ?? 0] ?? 0);
        out[row] = sum;
      }
    },
    transposedTimes(vector, out) {
      out.fill(0);
      for (let row = 0; row < rows; row++) {
        const factor = vector[row] ?? 0;
        const to = starts[row + 1] ?? 0;
        for (let at = starts[row] ?? 0; at < to; at++) {
          const target = targets[at] ?? 0;
          out[target] = (out[target] ?? 0) + (values[at] ?? 0) * factor;
        }
      }
    },
  };
}

/** W + Wᵀ of a sparse W: of two lists in ascending order, one. */
function sparseSums({ rows: items, starts, targets, values }: SparseMatrix): SparseMatrix {
  const turned = transpose({
    ...{ users: items, items, starts, indices: targets, values },
    times: null,
  });
  const sums: SparseMatrix = {
    ...{ rows: items, columns: items, starts: new Uint32Array(items + 1) },
    targets: new Uint32Array(2 * targets.length),
    values: new Float32Array(2 * targets.length),
  };
  let to = 0;
  for (let row = 0; row < items; row++) {
    let [a, b] = [starts[row] ?? 0, turned.starts[row] ?? 0];
    const [endA, endB] = [starts[row + 1] ?? 0, turned.starts[row + 1] ?? 0];
    while (a < endA || b < endB) {
      const nextA = a < endA ? (targets[a] ?? 0) : items;
      const nextB = b < endB ? (turned.indices[b] ?? 0) : items;
      const target = Math.min(nextA, nextB);
      sums.targets[to] = target;
      sums.values[to++] =
        (nextA === target ? (values[a++] ?? 0) : 0) +
        (nextB === target ? (turned.values[b++] ?? 0) : 0);
    }
    sums.starts[row + 1] = to;
  }
  return sums;
}

/** Of a square that is as large as the model: each number is read once for both directions, and none is copied. */
function denseSums(weights: Float32Array, items: number): ItemRows {
  const norms = new Float64Array(items);
  const tile = 32; // so that reading down columns stays near
  for (let row = 0; row < items; row += tile)
    for (let column = 0; column <= row; column += tile)
      for (let i = row; i < Math.min(row + tile, items); i++)
        for (let j = column; j < Math.min(column + tile, i); j++) {
          const square = ((weights[i * items + j] ?? 0) + (weights[j * items + i] ?? 0)) ** 2;
          norms[i] = (norms[i] ?? 0) + square;
          norms[j] = (norms[j] ?? 0) + square;
        }
  for (let i = 0; i < items; i++)
    norms[i] = Math.sqrt((norms[i] ?? 0) + 4 * (weights[i * items + i] ?? 0) ** 2);
  const times = (vector: Float64Array, out: Float64Array) => {
    out.fill(0);
    for (let i = 0, at = 0; i < items; i++) {
      const own = vector[i] ?? 0;
      let sum = 0;
      for (let j = 0; j < items; j++, at++) {
        const weight = weights[at] ?? 0;
        sum += weight * (vector[j] ?? 0);
        out[j] = (out[j] ?? 0) + weight * own;
      }
      out[i] = (out[i] ?? 0) + sum;
    }
  };
  return { rows: items, columns: items, norms, times, transposedTimes: times };
}
