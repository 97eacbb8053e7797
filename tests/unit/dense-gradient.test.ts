/**
 * The gradient of a dense layer's kernel is its definition's, whatever share of the slopes is 0, and to the bit the
 * same of some inputs at a time.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { cutCall, type Call } from '../../src/training/engine/kernels/parts/cuts.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';

const example = fc.record({
  // Around the fewest and the most rows of which slopes are left out, and where a product is summed in blocks.
  rows: fc.constantFrom(0, 1, 3, 15, 16, 17, 64, 255, 256, 257, 385),
  units: fc.constantFrom(1, 3, 4, 17, 40, 128, 131),
  // Around the inputs that are taken at a time.
  width: fc.constantFrom(1, 2, 31, 32, 33, 64, 97, 193, 200),
  share: fc.constantFrom(0, 0.2, 0.5, 0.68, 0.72, 1),
});
type Example = typeof example extends fc.Arbitrary<infer T> ? T : never;

const [guard, untouched] = [16, 0.625];

/** Of some inputs at a time, each piece of so many operations. */
function computed({ rows, units, width, share }: Example, most: number) {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const random = new Random(rows + 1000 * units + 7 * width);
  const x = Float32Array.from({ length: rows * width }, () => random.normal());
  const slope = Float32Array.from({ length: rows * units }, () =>
    random.uniform() < share ? random.normal() : 0,
  );
  const [atX, atSlope] = [x, slope].map((values) => workspace.reserve(values.length + guard)) as [
    number,
    number,
  ];
  const count = width * units;
  const before = workspace.reserve(guard);
  const to = workspace.reserve(count + guard);
  workspace.needScratch(
    Math.max(kernels.gemmScratch(width, units, rows), kernels.sparseScratch(rows, units)),
  );
  workspace.placeScratch();
  const after = workspace.reserve(guard);
  for (const [at, length] of [
    [before, guard],
    [to, count + guard],
    [after, guard],
  ] as const)
    workspace.floats.fill(untouched, at / 4, at / 4 + length);
  workspace.floats.set(x, atX / 4);
  workspace.floats.set(slope, atSlope / 4);
  const call: Call = {
    name: 'denseKernelGradient',
    values: [atX, atSlope, to, rows, units, width, width, workspace.scratch],
  };
  let pieces = 0;
  for (const { values } of cutCall(call, () => new Int32Array(), most)) {
    kernels.denseKernelGradient(...(values as Parameters<typeof kernels.denseKernelGradient>));
    pieces++;
  }
  const read = (at: number, length: number) => workspace.floats.slice(at / 4, at / 4 + length);
  for (const at of [before, to + 4 * count, after])
    expect(read(at, guard), 'nothing else').toEqual(new Float32Array(guard).fill(untouched));
  return { x, slope, pieces, found: read(to, count) };
}

test('it is the definition', () => {
  fc.assert(
    fc.property(example, (one) => {
      const { x, slope, found } = computed(one, Infinity);
      const { rows, units, width } = one;
      found.forEach((value, i) => {
        const [input, unit] = [Math.floor(i / units), i % units];
        let expected = 0;
        for (let row = 0; row < rows; row++)
          expected += (x[row * width + input] ?? NaN) * (slope[row * units + unit] ?? NaN);
        expect(Math.abs(value - expected)).toBeLessThan(1e-5 * Math.max(10, Math.sqrt(rows)));
      });
    }),
    { numRuns: 200, seed: 5 },
  );
});

test('some inputs at a time give the same, to the bit', () => {
  let most = 0;
  fc.assert(
    fc.property(example, (one) => {
      const whole = computed(one, Infinity);
      const cut = computed(one, 1);
      most = Math.max(most, cut.pieces);
      expect(new Uint32Array(cut.found.buffer)).toEqual(new Uint32Array(whole.found.buffer));
    }),
    { numRuns: 200, seed: 6 },
  );
  expect(most).toBe(3);
});

test('a slope of 0 takes nothing of what is no number', () => {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const [rows, units, width] = [16, 2, 32];
  const [x, slope, to] = [rows * width, rows * units, width * units].map((count) =>
    workspace.reserve(count + guard),
  ) as [number, number, number];
  workspace.needScratch(
    kernels.gemmScratch(width, units, rows) + kernels.sparseScratch(rows, units),
  );
  workspace.placeScratch();
  workspace.floats.fill(1, x / 4, x / 4 + rows * width);
  workspace.floats[x / 4] = NaN; // the first row's
  workspace.floats.fill(0, slope / 4, slope / 4 + rows * units);
  workspace.floats[slope / 4 + units] = 2; // the second row's, of the first unit
  kernels.denseKernelGradient(x, slope, to, rows, units, width, width, workspace.scratch);
  const found = workspace.floats.slice(to / 4, to / 4 + width * units);
  expect(found).toEqual(Float32Array.from(found, (_, i) => (i % units === 0 ? 2 : 0)));
});
