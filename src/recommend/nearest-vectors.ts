/** Items alike by the cosine of their vectors. */

/** @param values [items, width] @returns best first, ties by number; none for an item whose vector is 0 */
export function nearestVectors(
  { values, width }: { values: Float32Array; width: number },
  item: number,
  count: number,
): { item: number; similarity: number }[] {
  const items = values.length / width;
  const products = new Float64Array(items);
  const squares = new Float64Array(items);
  for (let other = 0, at = 0; other < items; other++)
    for (let k = 0; k < width; k++, at++) {
      const value = values[at] ?? 0;
      products[other] = (products[other] ?? 0) + value * (values[item * width + k] ?? 0);
      squares[other] = (squares[other] ?? 0) + value * value;
    }
  const own = squares[item] ?? 0;
  return Array.from(products, (product, other) => ({
    item: other,
    similarity: product / Math.sqrt(own * (squares[other] ?? 0)),
  }))
    .filter((other) => other.item !== item && Number.isFinite(other.similarity))
    .sort((a, b) => b.similarity - a.similarity || a.item - b.item)
    .slice(0, count);
}
