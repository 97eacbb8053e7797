import { simd } from 'virtual:linear-algebra';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../src/lib/parts.ts';
import { Random } from '../../../src/lib/random.ts';
import { eigenSymmetric } from '../../../src/lib/symmetric.ts';
import { FactorSystem } from '../../../src/recommend/linear-algebra/factor-system.ts';
import { addGram } from '../../../src/recommend/linear-algebra/gram.ts';
import { invertPositiveDefinite } from '../../../src/recommend/linear-algebra/invert.ts';
import {
  RowProducts,
  scalarBench,
  vectorBench,
} from '../../../src/recommend/linear-algebra/row-products.ts';
import { sumRows } from '../../../src/recommend/linear-algebra/weighted-rows.ts';
import { tasteOf } from '../../../src/recommend/interactions.ts';
import { truncatedSvd } from '../../../src/recommend/linear-algebra/truncated-svd.ts';
import { fromMatrix, randomInteractions } from '../../support/small-interactions.ts';

const noBreath = () => Promise.resolve();

/** XᵀX + λI of a random sparse X, both triangles. */
async function gram(n: number, ridge: number) {
  const matrix = new Float64Array(n * n);
  await addGram(randomInteractions(2 * n, n, 0.2, n, 5), matrix, noBreath);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) matrix[j * n + i] = matrix[i * n + j] ?? 0;
    matrix[i * n + i] = (matrix[i * n + i] ?? 0) + ridge;
  }
  return matrix;
}

describe('the inverse', () => {
  // Less than a block, a block, odd rests of blocks and of tiles.
  test.each([1, 3, 17, 64, 65, 100, 150, 257])(
    'of %i rows times the matrix is the identity',
    async (n) => {
      const a = await gram(n, 2);
      const inverse = a.slice();
      await invertPositiveDefinite(inverse, n, noBreath);
      let worst = 0;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let k = 0; k < n; k++)
            sum += (inverse[Math.max(i, k) * n + Math.min(i, k)] ?? NaN) * (a[k * n + j] ?? NaN);
          worst = Math.max(worst, Math.abs(sum - Number(i === j)));
        }
      expect(worst).toBeLessThan(1e-11);
    },
  );

  test.each([1, 3, 17, 100, 257])(
    'of %i rows is the same to the last bit with vectors, without relaxed SIMD',
    async (n) => {
      const vectors = vectorBench([simd]);
      if (!vectors) throw new Error('no vectors here');
      const plain = await gram(n, 2);
      const fast = plain.slice();
      await invertPositiveDefinite(plain, n, noBreath, new RowProducts(scalarBench()));
      await invertPositiveDefinite(fast, n, noBreath, new RowProducts(vectors));
      expect(fast).toEqual(plain);
    },
  );

  test('is computed without vectors where WebAssembly has none', () => {
    expect(vectorBench([btoa('no module')])).toBeNull();
  });

  test('of what has none is refused', async () => {
    const singular = Float64Array.of(1, 1, 1, 1);
    await expect(invertPositiveDefinite(singular, 2, noBreath)).rejects.toThrow(
      "can't be inverted at row 2 of 2",
    );
  });

  test('breathes, and stops where breathing throws', async () => {
    let last = 0;
    const n = 700;
    const breathe = (done: number) => {
      expect(done).toBeGreaterThanOrEqual(last);
      expect(done).toBeLessThanOrEqual(1);
      last = done;
      return done > 0.3 ? Promise.reject(new Error('stopped')) : Promise.resolve();
    };
    await expect(invertPositiveDefinite(await gram(n, 2), n, breathe)).rejects.toThrow('stopped');
  });
});

test('singular values and vectors are those of the full decomposition', async () => {
  const x = randomInteractions(80, 60, 0.3, 5, 5);
  const rank = 6;
  const { singularValues, vectors } = await truncatedSvd(x, rank, 1, noBreath);
  const full = new Float64Array(60 * 60);
  await addGram(x, full, noBreath);
  for (let i = 0; i < 60; i++) for (let j = 0; j < i; j++) full[j * 60 + i] = full[i * 60 + j] ?? 0;
  const exact = eigenSymmetric(full, 60);
  const order = [...exact.values.keys()].sort(
    (a, b) => (exact.values[b] ?? 0) - (exact.values[a] ?? 0),
  );
  for (let k = 0; k < rank; k++) {
    const at = order[k] ?? 0;
    expect(singularValues[k]).toBeCloseTo(Math.sqrt(exact.values[at] ?? NaN), 8);
    let dot = 0;
    for (let i = 0; i < 60; i++)
      dot += (vectors[i * rank + k] ?? 0) * (exact.vectors[i * 60 + at] ?? 0);
    expect(Math.abs(dot)).toBeCloseTo(1, 8);
  }
});

test('a matrix of a lower rank than asked for has singular values of 0 beyond it', async () => {
  const x = randomInteractions(3, 40, 0.5, 2, 5); // rank 3
  const { singularValues, vectors } = await truncatedSvd(x, 5, 1, noBreath);
  expect(singularValues[2]).toBeGreaterThan(1);
  expect(singularValues[3]).toBeLessThan(1e-5);
  expect(vectors.every(Number.isFinite)).toBe(true);
});

test('singular values that come twice are found twice, however large the first is', async () => {
  // Two groups who had nothing in common, alike but for their items, and one item that all had very often.
  const block = randomInteractions(40, 30, 0.3, 9, 5);
  const rows = Array.from({ length: 80 }, (_, user) => {
    const row = new Array<number>(61).fill(0);
    const { items, values } = tasteOf(block, user % 40);
    items.forEach((item, n) => (row[item + (user < 40 ? 0 : 30)] = values[n] ?? 0));
    return row;
  });
  rows.push(Array.from({ length: 61 }, (_, item) => (item === 60 ? 300 : 0)));
  const { singularValues } = await truncatedSvd(fromMatrix(rows), 9, 1, noBreath);
  const alone = await truncatedSvd(block, 4, 1, noBreath);
  expect(singularValues[0]).toBeCloseTo(300, 6);
  alone.singularValues.forEach((value, k) => {
    expect(singularValues[2 * k + 1]).toBeCloseTo(value, 6);
    expect(singularValues[2 * k + 2]).toBeCloseTo(value, 6);
  });
});

test.each([1, 3, 4, 7])('a system of %i factors is solved', (factors) => {
  const random = new Random(factors);
  const rows = 300; // more than are gathered at once
  const y = Float32Array.from({ length: rows * factors }, () => random.normal());
  const indices = Uint32Array.from({ length: 280 }, (_, i) => i);
  const weights = Float32Array.from(indices, () => random.uniform());
  const all = new FactorSystem(factors);
  all.setGram(y, null, null, 1);
  const own = new FactorSystem(factors);
  own.setGram(y, indices, weights, 2);
  own.add(all, 3);
  own.factor();
  const b = Float64Array.from({ length: factors }, () => random.normal());
  const x = b.slice();
  own.solve(x);
  const product = new Float64Array(factors);
  for (let row = 0; row < rows; row++) {
    let dot = 0;
    for (let f = 0; f < factors; f++) dot += (y[row * factors + f] ?? 0) * (x[f] ?? 0);
    const weight = 1 + 2 * (weights[row] ?? 0);
    for (let f = 0; f < factors; f++)
      product[f] = (product[f] ?? 0) + weight * dot * (y[row * factors + f] ?? 0);
  }
  for (let f = 0; f < factors; f++)
    expect((product[f] ?? 0) + 3 * (x[f] ?? 0)).toBeCloseTo(b[f] ?? NaN, 9);
});

describe('weighted rows', () => {
  /** As EASE scores one person: eights in pairs, each eight's sum rounded to float32. */
  function sumOfRows(
    matrix: Float32Array,
    width: number,
    items: Uint32Array,
    values: Float32Array,
  ) {
    const out = new Float32Array(width);
    const term = (n: number, c: number) =>
      (values[n] ?? 0) * (matrix[(items[n] ?? 0) * width + c] ?? 0);
    for (let n = 0; n < items.length; n += 8)
      for (let c = 0; c < width; c++) {
        const [a, b, d, e] = [0, 2, 4, 6].map((k) => term(n + k, c) + term(n + k + 1, c));
        out[c] = (out[c] ?? 0) + ((a ?? 0) + (b ?? 0)) + ((d ?? 0) + (e ?? 0));
      }
    return out;
  }

  // Odd rests of eights, of a panel's columns and of panels; lists without anything.
  test.each([
    ['ones', 1, 1, 'simd'],
    ['ones', 9, 7, 'best'],
    ['ones', 300, 261, 'simd'],
    ['ones', 300, 128, 'best'],
    ['values', 1, 1, 'simd'],
    ['values', 9, 7, 'best'],
    ['values', 300, 261, 'simd'],
    ['values', 300, 261, 'best'],
  ] as const)(
    'lists of %s over %i rows of %i are the same to the last bit, %s vectors',
    (kind, rows, width, code) => {
      const random = new Random(rows, kind);
      const matrix = Float32Array.from({ length: rows * width }, () => random.normal());
      const lists = Array.from({ length: 40 }, (_, l) => {
        const items = Uint32Array.from({ length: rows }, (_item, item) => item).filter(
          () => l !== 3 && random.uniform() < 0.3,
        );
        const values = Float32Array.from(items, () => (kind === 'ones' ? 1 : random.normal()));
        return { items, values };
      });
      const out = new Float32Array(lists.length * width).fill(NaN);
      // The best of this machine may have fused multiplication, which changes nothing.
      const codes = { simd: [simd], best: undefined };
      expect(atOnce(sumRows(matrix, width, lists, out, codes[code]))).toBe(true);
      const expected = lists.map(({ items, values }) => sumOfRows(matrix, width, items, values));
      expected.forEach((sums, l) => {
        expect(out.subarray(l * width, (l + 1) * width)).toEqual(sums);
      });
    },
  );

  test('without vectors it says so', () => {
    expect(atOnce(sumRows(new Float32Array(4), 2, [], new Float32Array(0), []))).toBe(false);
  });
});
