/**
 * Items on a plane, alike ones near each other: the two directions in which a model's vectors spread most (principal
 * component analysis). Linear and the same every time; what two dimensions can't show it says by its share.
 */
import { principalComponents } from './principal-components.ts';
import type { Recommender } from './recommender.ts';

export interface ItemMap {
  /** Whose vectors it shows. */
  method: string;
  /** [items, 2], around the middle at 0. */
  positions: Float32Array;
  /** How much of all spread each axis shows, 0 to 1. */
  shares: [horizontal: number, vertical: number];
}

/** By the first model that has vectors; null where none does. */
export function mapItems(
  models: readonly { method: string; recommender: Pick<Recommender, 'vectors'> }[],
): ItemMap | null {
  for (const { method, recommender } of models) {
    const vectors = recommender.vectors();
    if (vectors && vectors.values.length > 0) return { method, ...project(vectors) };
  }
  return null;
}

/**
 * Vectors are brought to length 1 first: how long one is tells how popular an item is, and would be all that the map
 * shows. One of zeros stays in the middle of things unknown.
 */
function project({ values, width }: { values: Float32Array; width: number }) {
  const items = values.length / width;
  const centred = new Float64Array(values);
  const means = new Float64Array(width);
  for (let item = 0; item < items; item++) {
    const row = centred.subarray(item * width, (item + 1) * width);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let k = 0; k < width; k++) {
      const value = length > 0 ? (row[k] ?? 0) / length : 0;
      row[k] = value;
      means[k] = (means[k] ?? 0) + value / items;
    }
  }
  let total = 0;
  for (let at = 0; at < centred.length; at++) {
    const value = (centred[at] ?? 0) - (means[at % width] ?? 0);
    centred[at] = value;
    total += value * value;
  }
  const {
    scores,
    width: found,
    spreads,
  } = principalComponents(
    {
      rows: items,
      columns: width,
      times(vector, out) {
        for (let item = 0, at = 0; item < items; item++) {
          let sum = 0;
          for (let k = 0; k < width; k++, at++) sum += (centred[at] ?? 0) * (vector[k] ?? 0);
          out[item] = sum;
        }
      },
      transposedTimes(vector, out) {
        out.fill(0);
        for (let item = 0, at = 0; item < items; item++)
          for (let k = 0; k < width; k++, at++)
            out[k] = (out[k] ?? 0) + (centred[at] ?? 0) * (vector[item] ?? 0);
      },
    },
    2,
  );
  const positions = new Float32Array(2 * items);
  for (let item = 0; item < items; item++)
    for (let k = 0; k < found; k++) positions[2 * item + k] = scores[item * found + k] ?? 0;
  const shareOf = (axis: number) => (total > 0 ? (spreads[axis] ?? 0) / total : 0);
  const shares: ItemMap['shares'] = [shareOf(0), shareOf(1)];
  return { positions, shares };
}
