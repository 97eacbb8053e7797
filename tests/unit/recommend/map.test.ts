import { expect, test } from 'vitest';
import { Random } from '../../../src/lib/random.ts';
import { mapItems } from '../../../src/recommend/map.ts';
import { eigenSymmetric } from '../../../src/lib/symmetric.ts';

const modelOf = (values: Float32Array | null, width: number, method = 'a') => ({
  method,
  recommender: { vectors: () => values && { values, width } },
});

/** Vectors of length 1, so that only what PCA does is left to compare. */
function directions(items: number, width: number, spread: readonly number[]): Float32Array {
  const random = new Random(4);
  const values = new Float32Array(items * width);
  for (let item = 0; item < items; item++) {
    const row = Array.from({ length: width }, (_, k) => (spread[k] ?? 0) * random.normal());
    const length = Math.hypot(...row);
    values.set(
      row.map((value) => value / length),
      item * width,
    );
  }
  return values;
}

test('axes show what the eigenvectors of the covariance do', () => {
  const [items, width] = [60, 5];
  const values = directions(items, width, [3, 2, 1, 0.5, 0.2]);
  const means = Array.from({ length: width }, (_, k) => {
    let sum = 0;
    for (let item = 0; item < items; item++) sum += values[item * width + k] ?? NaN;
    return sum / items;
  });
  const at = (item: number, k: number) => (values[item * width + k] ?? NaN) - (means[k] ?? NaN);
  const scatter = new Float64Array(width * width);
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++)
      for (let item = 0; item < items; item++)
        scatter[i * width + j] = (scatter[i * width + j] ?? 0) + at(item, i) * at(item, j);
  const { values: spreads, vectors } = eigenSymmetric(scatter, width);
  const order = [...spreads.keys()].sort((a, b) => (spreads[b] ?? 0) - (spreads[a] ?? 0));
  const total = spreads.reduce((a, b) => a + b);
  const map = mapItems([modelOf(values, width)]);
  [0, 1].forEach((axis) => {
    const which = order[axis] ?? NaN;
    expect(map?.shares[axis]).toBeCloseTo((spreads[which] ?? NaN) / total, 6);
    const expected = Array.from({ length: items }, (_, item) => {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += at(item, k) * (vectors[k * width + which] ?? NaN);
      return sum;
    });
    const sign = Math.sign((map?.positions[axis] ?? NaN) * (expected[0] ?? NaN));
    expected.forEach((value, item) => {
      expect(map?.positions[2 * item + axis]).toBeCloseTo(sign * value, 5);
    });
  });
});

test('how long a vector is moves nothing, and the same comes every time', () => {
  const values = directions(30, 4, [1, 1, 1, 1]);
  const longer = values.map((value, at) => value * (1 + (Math.floor(at / 4) % 7)));
  const map = mapItems([modelOf(values, 4)]);
  expect(mapItems([modelOf(values, 4)])).toEqual(map);
  mapItems([modelOf(longer, 4)])?.positions.forEach((value, i) => {
    expect(value).toBeCloseTo(map?.positions[i] ?? NaN, 5);
  });
});

test('the first model with vectors is shown, by name; one dimension lies on a line', () => {
  const line = Float32Array.of(1, -1, 2, 0);
  const map = mapItems([modelOf(null, 1, 'none'), modelOf(line, 1, 'line')]);
  expect(map?.method).toBe('line');
  expect(map?.shares).toEqual([expect.closeTo(1, 9), 0]);
  expect([0, 1, 2, 3].map((item) => map?.positions[2 * item + 1])).toEqual([0, 0, 0, 0]);
  expect(map?.positions[0]).toBeCloseTo(map?.positions[4] ?? NaN, 6);
  expect(mapItems([modelOf(null, 1)])).toBeNull();
});

test('items all alike lie on one point', () => {
  const map = mapItems([modelOf(Float32Array.of(1, 2, 1, 2, 2, 4), 2)]);
  expect(map?.positions.every((value) => Math.abs(value) < 1e-6)).toBe(true);
  expect(map?.shares.every((share) => Number.isFinite(share))).toBe(true);
});
