/**
 * The gradient of a dense layer's kernel is its definition's, whatever share of the inputs and of the slopes is 0, and
 * to the bit the same of some inputs at a time.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { cutCall, type Call } from '../../src/training/engine/kernels/parts/cuts.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';

const example = fc.record({
  // Around the fewest and the most rows that are listed, and where a product is summed in blocks.
  rows: fc.constantFrom(0, 1, 3, 15, 16, 17, 64, 255, 256, 257, 385, 513, 1025),
  units: fc.constantFrom(1, 3, 4, 17, 32, 40, 61, 128, 131, 290),
  // Around the inputs that are taken at a time.
  width: fc.constantFrom(1, 2, 31, 32, 33, 64, 97, 193, 200),
  share: fc.constantFrom(0, 0.2, 0.5, 0.68, 0.72, 1),
  // Of the inputs, of each block of 32 another.
  inputShares: fc.array(fc.constantFrom(0, 0.1, 0.55, 0.65, 1), { minLength: 1, maxLength: 4 }),
});
type Example = typeof example extends fc.Arbitrary<infer T> ? T : never;

const [guard, untouched] = [16, 0.625];

/** Of some inputs at a time, each piece of so many operations. */
function computed({ rows, units, width, share, inputShares }: Example, most: number) {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const random = new Random(rows + 1000 * units + 7 * width);
  const x = Float32Array.from({ length: rows * width }, (_, i) => {
    const block = Math.floor((i % width) / 32);
    return random.uniform() < (inputShares[block % inputShares.length] ?? 1) ? random.normal() : 0;
  });
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
  workspace.needScratch(kernels.denseGradientScratch(rows, units, width));
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

test.each(['input', 'slope'])('an %s of 0 takes nothing of what is no number', (which) => {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const [rows, units, width] = [24, 32, 32];
  const [x, slope, to] = [rows * width, rows * units, width * units].map((count) =>
    workspace.reserve(count + guard),
  ) as [number, number, number];
  workspace.needScratch(kernels.denseGradientScratch(rows, units, width));
  workspace.placeScratch();
  const [zeros, others] = which === 'input' ? [x, slope] : [slope, x];
  workspace.floats.fill(0, zeros / 4, zeros / 4 + rows * 32);
  workspace.floats[zeros / 4 + 32] = 2; // the second row's first
  workspace.floats.fill(1, others / 4, others / 4 + rows * 32);
  workspace.floats[others / 4] = NaN; // the first row's
  kernels.denseKernelGradient(x, slope, to, rows, units, width, width, workspace.scratch);
  const found = workspace.floats.slice(to / 4, to / 4 + width * units);
  const isSummed = (i: number) => (which === 'input' ? i < units : i % units === 0);
  expect(found).toEqual(Float32Array.from(found, (_, i) => (isSummed(i) ? 2 : 0)));
});
