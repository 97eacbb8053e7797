/** Batch norm on WebAssembly beside its definition in float64, over columns that fill vectors, lines and neither. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { batchNormEpsilon, batchNormMomentum } from '../../src/models/norms.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';

const numbers = (count: number, of: (i: number) => number) =>
  Float32Array.from({ length: count }, (_, i) => of(i));

/** The kernel's outputs and gradients, and the same from the definition. */
function computed(rows: number, columns: number, accumulate: 0 | 1) {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const random = new Random(rows + 100 * columns);
  const size = rows * columns;
  const [x, slope] = [0, 1].map(() => numbers(size, () => random.normal() + 0.5)) as [
    Float32Array,
    Float32Array,
  ];
  const [gamma, beta] = [0, 1].map(() => numbers(columns, () => random.normal())) as [
    Float32Array,
    Float32Array,
  ];
  const place = (values: Float32Array) => ({ at: workspace.reserve(values.length), values });
  const given = [x, slope, gamma, beta].map(place);
  const [atX = 0, atSlope = 0, atGamma = 0, atBeta = 0] = given.map(({ at }) => at);
  const moving = [numbers(columns, () => 2), numbers(columns, () => 3)].map(place);
  const [atMean = 0, atVariance = 0] = moving.map(({ at }) => at);
  const kept = place(numbers(size, () => 0.25));
  const [y, centre, spread, ofGamma, ofBeta] = [size, columns, columns, columns, columns].map(
    (count) => workspace.reserve(count),
  ) as [number, number, number, number, number];
  for (const { at, values } of [...given, ...moving, kept]) workspace.floats.set(values, at / 4);
  kernels.batchNorm(
    ...([atX, atGamma, atBeta, atMean, atVariance, y, centre, spread, rows, columns] as const),
    ...([batchNormEpsilon, batchNormMomentum] as const),
  );
  kernels.batchNormGradient(
    ...([atX, atGamma, centre, spread, atSlope, ofGamma, ofBeta, kept.at] as const),
    ...([rows, columns, accumulate] as const),
  );
  const read = (at: number, count: number) => workspace.floats.slice(at / 4, at / 4 + count);
  return {
    found: [
      ...[read(y, size), read(atMean, columns), read(atVariance, columns)],
      ...[read(ofGamma, columns), read(ofBeta, columns), read(kept.at, size)],
    ],
    expected: defined({ x, slope, gamma, beta, rows, columns }, accumulate === 1 ? 0.25 : 0),
  };
}

interface Given {
  x: Float32Array;
  slope: Float32Array;
  gamma: Float32Array;
  beta: Float32Array;
  rows: number;
  columns: number;
}

function defined({ x, slope, gamma, beta, rows, columns }: Given, before: number): Float64Array[] {
  const [y, back] = [new Float64Array(rows * columns), new Float64Array(rows * columns)];
  const [mean, variance, ofGamma, ofBeta] = Array.from(
    { length: 4 },
    () => new Float64Array(columns),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let k = 0; k < columns; k++) {
    const column = Array.from({ length: rows }, (_, row) => x[row * columns + k] ?? NaN);
    const slopes = Array.from({ length: rows }, (_, row) => slope[row * columns + k] ?? NaN);
    const average = column.reduce((sum, value) => sum + value / rows, 0);
    const spread = column.reduce((sum, value) => sum + (value - average) ** 2 / rows, 0);
    const units = column.map((value) => (value - average) / Math.sqrt(spread + batchNormEpsilon));
    const scale = gamma[k] ?? NaN;
    mean[k] = 2 * batchNormMomentum + average * (1 - batchNormMomentum);
    variance[k] = 3 * batchNormMomentum + spread * (1 - batchNormMomentum);
    ofGamma[k] = units.reduce((sum, unit, row) => sum + unit * (slopes[row] ?? NaN), 0);
    ofBeta[k] = slopes.reduce((sum, value) => sum + value, 0);
    units.forEach((unit, row) => {
      const inner = (slopes[row] ?? NaN) - ((ofBeta[k] ?? NaN) + unit * (ofGamma[k] ?? NaN)) / rows;
      y[row * columns + k] = unit * scale + (beta[k] ?? NaN);
      back[row * columns + k] = before + (scale * inner) / Math.sqrt(spread + batchNormEpsilon);
    });
  }
  return [y, mean, variance, ofGamma, ofBeta, back];
}

test('outputs, moving averages and gradients are those of the definition', () => {
  const sizes = [
    fc.integer({ min: 2, max: 150 }),
    fc.constantFrom(1, 3, 4, 8, 15, 16, 17, 20, 33, 36),
  ] as const;
  fc.assert(
    fc.property(...sizes, fc.constantFrom<0 | 1>(0, 1), (rows, columns, accumulate) => {
      const { found, expected } = computed(rows, columns, accumulate);
      expected.forEach((values, part) => {
        const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        const off = values.map((value, i) => Math.abs(value - (found[part]?.[i] ?? NaN)));
        for (const one of off) expect(one, `part ${part}`).toBeLessThan(2e-5 * size);
      });
    }),
    { numRuns: 100, seed: 3 },
  );
});
