/** A dense layer of inputs many of which are 0 is its definition, and to the bit the same in pieces. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { cutCall, prepared, type Call } from '../../src/training/engine/kernels/parts/cuts.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';

const example = fc.record({
  // Around the rows that are listed, and those that are taken, at a time.
  rows: fc.constantFrom(0, 2, 3, 15, 16, 17, 95, 96, 97, 200),
  // Around the units that are summed, and those that are taken, at a time.
  units: fc.constantFrom(2, 31, 32, 33, 60, 64, 97, 128, 129, 160, 300),
  width: fc.constantFrom(1, 3, 17, 23, 24, 25, 27, 64, 130, 385),
  /** Of inputs that aren't 0, of every third row and of the others. */
  shares: fc.tuple(fc.constantFrom(0, 0.2, 1), fc.constantFrom(0, 0.1, 0.3, 0.55, 0.7)),
  hasBias: fc.boolean(),
});
type Example = typeof example extends fc.Arbitrary<infer T> ? T : never;

const [guard, untouched] = [16, 0.625];

/** By the kernel in pieces of so many operations: Infinity for one. */
function computed({ rows, units, width, shares, hasBias }: Example, most: number) {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const random = new Random(rows + 1000 * units + 7 * width);
  const x = Float32Array.from({ length: rows * width }, (_, i) => {
    const share = Math.floor(i / width) % 3 === 0 ? shares[0] : shares[1];
    return random.uniform() < share ? random.normal() : 0;
  });
  const kernel = Float32Array.from({ length: width * units }, () => random.normal());
  const bias = Float32Array.from({ length: units }, () => random.normal());
  const place = (values: Float32Array) => {
    const at = workspace.reserve(values.length + guard);
    workspace.floats.set(values, at / 4);
    return at;
  };
  const ends = new Float32Array(guard).fill(untouched);
  const [atX, atKernel, atBias] = [x, kernel, bias].map(place) as [number, number, number];
  const before = place(ends);
  const z = place(new Float32Array(rows * units + guard).fill(untouched));
  workspace.needScratch(kernels.denseScratch(rows, units, width));
  workspace.placeScratch();
  const after = place(ends);
  const call: Call = {
    name: 'dense',
    values: [
      ...[atX, atKernel, hasBias ? atBias : 0, z, z],
      ...[rows, units, width, 0, workspace.scratch],
    ],
  };
  let pieces = 0;
  for (const ready of prepared(call, most))
    for (const { name, values } of cutCall(ready, () => new Int32Array(), most)) {
      (kernels[name] as (...values: readonly number[]) => unknown)(...values);
      pieces++;
    }
  const read = (at: number, length: number) => workspace.floats.slice(at / 4, at / 4 + length);
  for (const at of [before, z + 4 * rows * units, after])
    expect(read(at, guard), 'nothing else').toEqual(ends);
  return { x, kernel, bias, pieces, found: read(z, rows * units) };
}

test('it is the definition', () => {
  fc.assert(
    fc.property(example, (one) => {
      const { x, kernel, bias, found } = computed(one, Infinity);
      const { units, width, hasBias } = one;
      found.forEach((value, i) => {
        const [row, unit] = [Math.floor(i / units), i % units];
        let expected = hasBias ? (bias[unit] ?? NaN) : 0;
        for (let input = 0; input < width; input++)
          expected += (x[row * width + input] ?? NaN) * (kernel[input * units + unit] ?? NaN);
        expect(Math.abs(value - expected)).toBeLessThan(1e-4);
      });
    }),
    { numRuns: 200, seed: 5 },
  );
});

test('in pieces it is the same, to the bit', () => {
  let most = 0;
  fc.assert(
    fc.property(example, (one) => {
      const whole = computed(one, Infinity);
      const cut = computed(one, 1000);
      most = Math.max(most, cut.pieces);
      expect(new Uint32Array(cut.found.buffer)).toEqual(new Uint32Array(whole.found.buffer));
    }),
    { numRuns: 200, seed: 6 },
  );
  expect(most).toBe(4); // the kernel packed, and three times up to 96 rows
});

test('an input of 0 takes nothing of what is no number in the kernel', () => {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const [rows, units, width] = [2, 32, 24];
  const [x, kernel, z] = [rows * width, width * units, rows * units].map((count) =>
    workspace.reserve(count + guard),
  ) as [number, number, number];
  workspace.needScratch(kernels.denseScratch(rows, units, width));
  workspace.placeScratch();
  const { floats, scratch } = workspace;
  floats.fill(0, x / 4, x / 4 + rows * width);
  floats[x / 4 + 1] = 2; // the first row's second input
  floats.fill(1, kernel / 4, kernel / 4 + width * units);
  floats[kernel / 4] = NaN; // of the first input
  kernels.dense(x, kernel, 0, z, z, rows, units, width, 0, scratch);
  const found = floats.slice(z / 4, z / 4 + rows * units);
  expect(found).toEqual(Float32Array.from(found, (_, i) => (i < units ? 2 : 0)));
});
