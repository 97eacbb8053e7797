import { describe, expect, test, vi } from 'vitest';
import { StudioError } from '../../../src/lib/errors.ts';
import { Random } from '../../../src/lib/random.ts';
import { eigenSymmetric } from '../../../src/lib/symmetric.ts';
import { tasteOf } from '../../../src/recommend/interactions.ts';
import { mapItems, type ItemMap } from '../../../src/recommend/map.ts';
import { methods } from '../../../src/recommend/methods/index.ts';
import { fitContext, fromMatrix } from '../../support/small-interactions.ts';

const never = () => Promise.resolve();
/** Nothing is read of it where there are vectors or weights. */
const nobody = fromMatrix([[0]]);

const mapVectors = (values: Float32Array, width: number) =>
  mapItems({ vectors: () => ({ values, width }) }, nobody, never);

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

test('axes show what the eigenvectors of the covariance do', async () => {
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
  const map = await mapVectors(values, width);
  [0, 1].forEach((axis) => {
    const which = order[axis] ?? NaN;
    expect(map.shares[axis]).toBeCloseTo((spreads[which] ?? NaN) / total, 6);
    const expected = Array.from({ length: items }, (_, item) => {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += at(item, k) * (vectors[k * width + which] ?? NaN);
      return sum;
    });
    const sign = Math.sign((map.positions[axis] ?? NaN) * (expected[0] ?? NaN));
    expected.forEach((value, item) => {
      expect(map.positions[2 * item + axis]).toBeCloseTo(sign * value, 5);
    });
  });
});

test('how long a vector is moves nothing, and the same comes every time', async () => {
  const values = directions(30, 4, [1, 1, 1, 1]);
  const longer = values.map((value, at) => value * (1 + (Math.floor(at / 4) % 7)));
  const map = await mapVectors(values, 4);
  expect(await mapVectors(values, 4)).toEqual(map);
  (await mapVectors(longer, 4)).positions.forEach((value, i) => {
    expect(value).toBeCloseTo(map.positions[i] ?? NaN, 5);
  });
});

test('one dimension lies on a line', async () => {
  const map = await mapVectors(Float32Array.of(1, -1, 2, 0), 1);
  expect(map.basis).toBe('vectors');
  expect(map.shares).toEqual([expect.closeTo(1, 9), 0]);
  expect([0, 1, 2, 3].map((item) => map.positions[2 * item + 1])).toEqual([0, 0, 0, 0]);
  expect(map.positions[0]).toBeCloseTo(map.positions[4] ?? NaN, 6);
});

test('items all alike lie on one point', async () => {
  const map = await mapVectors(Float32Array.of(1, 2, 1, 2, 2, 4), 2);
  expect(map.positions.every((value) => Math.abs(value) < 1e-6)).toBe(true);
  expect(map.shares).toEqual([0, 0]);
});

/** The map of explicit rows, by the way that is checked against eigenvectors above. */
async function expectMapOf(found: ItemMap, rows: Float32Array, width: number) {
  const expected = await mapVectors(rows, width);
  found.positions.forEach((value, i) => expect(value).toBeCloseTo(expected.positions[i] ?? NaN, 4));
  expect(found.shares[0]).toBeCloseTo(expected.shares[0], 6);
  expect(found.shares[1]).toBeCloseTo(expected.shares[1], 6);
  expect(found.shares[0]).toBeGreaterThan(0);
}

describe('models without vectors', () => {
  /** Two tastes, so that the first axis is no matter of rounding. */
  const events = fromMatrix(
    Array.from({ length: 60 }, (_, user) =>
      Array.from({ length: 40 }, (_, item) => {
        const isOwn = item % 2 === user % 2;
        return new Random(7, `${user} ${item}`).uniform() < (isOwn ? 0.5 : 0.1) ? 1 : 0;
      }),
    ),
  );
  /** W + Wᵀ, from what the saved weights are. */
  const sums = (items: number, at: (i: number, j: number) => number) =>
    Float32Array.from({ length: items * items }, (_, k) => {
      const [i, j] = [Math.floor(k / items), k % items];
      return at(i, j) + at(j, i);
    });

  test('EASE is mapped by its weights, either way, and tastes lie apart', async () => {
    const model = await methods.ease.fit(events, { regularization: 10 }, fitContext, null);
    const map = await mapItems(model, events, never);
    expect(map.basis).toBe('weights');
    const weights = model.save().arrays['weights'] ?? new Float32Array();
    const rows = sums(40, (i, j) => weights[i * 40 + j] ?? NaN);
    await expectMapOf(map, rows, 40);
    const sides = Array.from({ length: 40 }, (_, item) => (map.positions[2 * item] ?? 0) > 0);
    expect(sides.every((side, item) => side === sides[item % 2])).toBe(true);
  });

  test('item-kNN is mapped by its similarities, in rows as sparse as they are', async () => {
    const settings = { ...methods['item-knn'].defaults, neighbours: 6 };
    const model = await methods['item-knn'].fit(events, settings, fitContext, null);
    const map = await mapItems(model, events, never);
    expect(map.basis).toBe('weights');
    const { starts, targets, similarities } = model.save().arrays;
    const dense = new Float32Array(40 * 40);
    for (let i = 0; i < 40; i++)
      for (let at = starts?.[i] ?? 0; at < (starts?.[i + 1] ?? 0); at++)
        dense[i * 40 + (targets?.[at] ?? 0)] = similarities?.[at] ?? NaN;
    await expectMapOf(
      map,
      sums(40, (i, j) => dense[i * 40 + j] ?? NaN),
      40,
    );
  });

  test('the most popular and user-kNN are mapped by who had the items, whatever the values', async () => {
    const rows = new Float32Array(40 * 60);
    const rated = { ...events, values: events.values.map((_, at) => 1 + (at % 5)) };
    for (let user = 0; user < 60; user++)
      for (const item of tasteOf(events, user).items) rows[item * 60 + user] = 1;
    const popular = await methods['most-popular'].fit(rated, {}, fitContext, null);
    const map = await mapItems(popular, rated, never);
    expect(map.basis).toBe('people');
    await expectMapOf(map, rows, 60);
    const { defaults } = methods['user-knn'];
    const people = await methods['user-knn'].fit(rated, defaults, fitContext, null);
    expect(await mapItems(people, rated, never)).toEqual(map);
  });

  test('a hybrid shows the member that counts most of those that place items', async () => {
    const members = [
      { method: 'most-popular', weight: 5 },
      { method: 'item-knn', weight: 2 },
      { method: 'pure-svd', weight: 1 },
    ];
    const model = await methods.hybrid.fit(
      events,
      { combination: 'weighted-sum', members },
      fitContext,
      null,
    );
    const map = await mapItems(model, events, never);
    expect([map.basis, map.member]).toEqual(['weights', 'item-knn']);
  });

  test('a map can be given up between two of its parts', async () => {
    const popular = await methods['most-popular'].fit(events, {}, fitContext, null);
    const stop = () => Promise.reject(new StudioError('cancelled', 'Not wanted any more'));
    const now = vi.spyOn(performance, 'now');
    let time = 0;
    now.mockImplementation(() => (time += 30)); // each part takes longer than a breath
    await expect(mapItems(popular, events, stop)).rejects.toThrow('Not wanted any more');
    now.mockRestore();
  });
});

test('60,000 items of 8 neighbours are mapped without a matrix of all pairs', async () => {
  const [items, each] = [60_000, 8];
  const random = new Random(2);
  const weights = {
    items,
    starts: Uint32Array.from({ length: items + 1 }, (_, i) => i * each),
    targets: new Uint32Array(items * each),
    values: Float32Array.from({ length: items * each }, () => random.uniform()),
  };
  for (let i = 0; i < items; i++)
    for (let n = 0; n < each; n++) weights.targets[i * each + n] = n * 7500 + (i % 7500);
  const map = await mapItems({ vectors: () => null, weights: () => weights }, nobody, never);
  expect(map.positions).toHaveLength(2 * items); // a dense one would take 14 GB
  expect(map.positions.every(Number.isFinite)).toBe(true);
}, 120_000);
