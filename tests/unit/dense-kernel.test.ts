/** A dense layer as one kernel gives, to the bit, what a product, a bias and an activation give one after the other. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { activations } from '../../src/models/spec.ts';
import { cutCall, prepared, type Call } from '../../src/training/engine/kernels/parts/cuts.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';

const length = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33);
/** Around the rows that are taken at a time too, and where a product is summed in blocks. */
const sizes = fc.oneof(
  fc.record({ rows: length, units: length, width: length }),
  fc.record({ rows: fc.constantFrom(95, 96, 97, 193, 300), units: length, width: length }),
  fc.record({ rows: length, units: length, width: fc.constantFrom(384, 385, 800) }),
  fc.constantFrom({ rows: 0, units: 3, width: 2 }, { rows: 99, units: 130, width: 401 }),
);
const example = fc.record({
  size: sizes,
  kind: fc.integer({ min: 0, max: activations.length - 1 }),
  hasBias: fc.boolean(),
  keepsZ: fc.boolean(),
});
type Example = typeof example extends fc.Arbitrary<infer T> ? T : never;

/** Beyond its end nothing is to be written. */
const guard = 8;

function laidOut({ size, kind, hasBias, keepsZ }: Example) {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { rows, units, width } = size;
  const { kernels } = workspace;
  const random = new Random(rows + 7 * units + width);
  const place = (count: number) => {
    const at = workspace.reserve(count + guard);
    return { at, count: count + guard };
  };
  const x = place(rows * width);
  const kernel = place(width * units);
  const bias = place(units);
  const ways = [0, 1].map(() => {
    const z = place(rows * units);
    const y = keepsZ && kind !== 0 ? place(rows * units) : z;
    return { z, y, slope: place(rows * units), biasSlope: place(units) };
  });
  workspace.needScratch(kernels.denseScratch(rows, units, width));
  workspace.placeScratch();
  const fill = ({ at, count }: { at: number; count: number }, salt: Random) => {
    for (let i = 0; i < count; i++) workspace.floats[at / 4 + i] = salt.normal();
  };
  for (const one of [x, kernel, bias]) fill(one, random);
  for (const way of ways)
    for (const one of [way.z, way.y, way.slope, way.biasSlope]) fill(one, new Random(3));
  const read = (way: (typeof ways)[number]) =>
    [way.z, way.y, way.slope, way.biasSlope].map(({ at, count }) => [
      ...new Uint32Array(workspace.floats.buffer, at, count),
    ]);
  const [apart, together] = ways;
  if (!apart || !together) throw new Error('two ways');
  const [k, b] = [kernel.at, hasBias ? bias.at : 0];
  return { workspace, kernels, x: x.at, kernel: k, bias: b, apart, together, read };
}

function computeApart(example: Example, laid: ReturnType<typeof laidOut>) {
  const { rows, units, width } = example.size;
  const { kernels, workspace, x, kernel, bias, apart } = laid;
  const { z, y, slope, biasSlope } = apart;
  const { scratch } = workspace;
  // Of one row or column a bias comes last.
  const isFirst = bias !== 0 && rows > 1 && units > 1;
  const { floats } = workspace;
  if (isFirst)
    for (let row = 0; row < rows; row++)
      floats.copyWithin(z.at / 4 + row * units, bias / 4, bias / 4 + units);
  const [a, b] = [[x, width, 1] as const, [kernel, units, 1] as const];
  kernels.gemm(...a, ...b, z.at, units, rows, units, width, isFirst ? 1 : 0, scratch);
  if (bias !== 0 && !isFirst) kernels.addBias(z.at, bias, rows, units);
  if (example.kind !== 0) {
    kernels.activate(z.at, y.at, rows * units, example.kind);
    kernels.activationGradient(z.at, y.at, slope.at, rows * units, example.kind);
  }
  kernels.columnSums(slope.at, rows, units, biasSlope.at);
}

const callsOf = (example: Example, laid: ReturnType<typeof laidOut>): Call[] => {
  const { rows, units, width } = example.size;
  const { x, kernel, bias, together, workspace } = laid;
  const { z, y, slope, biasSlope } = together;
  return [
    {
      name: 'dense',
      values: [x, kernel, bias, z.at, y.at, rows, units, width, example.kind, workspace.scratch],
    },
    {
      name: 'biasActivationGradient',
      values: [z.at, y.at, slope.at, biasSlope.at, rows, units, example.kind],
    },
  ];
};

/** Calls it by what was noted. */
function make({ kernels }: ReturnType<typeof laidOut>, { name, values }: Call) {
  (kernels[name] as (...values: readonly number[]) => unknown)(...values);
}

test('one kernel, forward and back, is the kernels apart, to the bit', () => {
  fc.assert(
    fc.property(example, (one) => {
      const laid = laidOut(one);
      computeApart(one, laid);
      for (const call of callsOf(one, laid)) make(laid, call);
      expect(laid.read(laid.together)).toEqual(laid.read(laid.apart));
    }),
    { numRuns: 300, seed: 5 },
  );
});

test('so it is in pieces', () => {
  let pieces = 0;
  fc.assert(
    fc.property(example, (one) => {
      const laid = laidOut(one);
      computeApart(one, laid);
      for (const call of callsOf(one, laid))
        for (const ready of prepared(call, 2000))
          for (const piece of cutCall(ready, () => new Int32Array(), 2000)) {
            make(laid, piece);
            if (piece.name === 'densePacked') pieces++;
          }
      expect(laid.read(laid.together)).toEqual(laid.read(laid.apart));
    }),
    { numRuns: 300, seed: 6 },
  );
  expect(pieces).toBeGreaterThan(200);
});
