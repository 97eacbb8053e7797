/** Convolutions by tiles (Winograd's way) beside their definition, summed in float64. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { windowParts } from '../../src/training/engine/kernels/convolution/window-parts.ts';
import { cutCall, type Call } from '../../src/training/engine/kernels/parts/cuts.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';

interface Example {
  rows: number;
  columns: number;
  channels: number;
  filters: number;
  batch: number;
  /** Of the border, above and before. */
  border: 0 | 1;
  isAdded: boolean;
}

const extent = fc.integer({ min: 4, max: 13 });
const width = fc.constantFrom(16, 20, 24, 36, 132);
const example: fc.Arbitrary<Example> = fc.record({
  ...{ rows: extent, columns: extent, channels: width, filters: width },
  batch: fc.integer({ min: 0, max: 3 }),
  border: fc.constantFrom(0 as const, 1 as const),
  isAdded: fc.boolean(),
});

/** Beyond its end nothing is to be written. */
const guard = 8;

function laidOut({ rows, columns, channels, filters, batch, border }: Example) {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const [outRows, outColumns] = [rows + 2 * border - 2, columns + 2 * border - 2];
  const window = workspace.reserve(windowParts.length + 1);
  workspace.placeWords(window, [
    ...[rows, columns, channels, outRows, outColumns],
    ...[3, 3, 1, 1, border, border],
  ]);
  const random = new Random(rows + 17 * columns + channels);
  const place = (count: number) => {
    const at = workspace.reserve(count + guard);
    const values = Float32Array.from({ length: count }, () => random.normal());
    return { at, count, values };
  };
  const inputs = batch * rows * columns * channels;
  const outputs = batch * outRows * outColumns * filters;
  const all = {
    ...{ x: place(inputs), kernel: place(9 * channels * filters), y: place(outputs) },
    ...{ slope: place(outputs), inputSlope: place(inputs) },
    kernelSlope: place(9 * channels * filters),
  };
  workspace.needScratch(kernels.convolutionScratch(window, filters));
  workspace.placeScratch();
  workspace.floats.subarray(workspace.scratch / 4).fill(NaN); // whatever was computed there before
  for (const { at, values } of Object.values(all)) {
    workspace.floats.set(values, at / 4);
    workspace.floats.fill(7, at / 4 + values.length, at / 4 + values.length + guard);
  }
  const read = ({ at, count }: { at: number; count: number }) => {
    const { floats } = workspace;
    expect([...floats.subarray(at / 4 + count, at / 4 + count + guard)]).toEqual(
      Array<number>(guard).fill(7),
    );
    return floats.slice(at / 4, at / 4 + count);
  };
  return { workspace, kernels, window, outRows, outColumns, read, ...all };
}

/** Calls `use` with the places of each product that there is: input, kernel and output. */
function eachProduct(
  { rows, columns, channels, filters, batch, border }: Example,
  use: (x: number, kernel: number, y: number) => void,
) {
  const [outRows, outColumns] = [rows + 2 * border - 2, columns + 2 * border - 2];
  for (let image = 0; image < batch; image++)
    for (let outY = 0; outY < outRows; outY++)
      for (let outX = 0; outX < outColumns; outX++)
        for (let place = 0; place < 9; place++) {
          const row = outY + Math.floor(place / 3) - border;
          const column = outX + (place % 3) - border;
          if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
          const x = ((image * rows + row) * columns + column) * channels;
          const y = ((image * outRows + outY) * outColumns + outX) * filters;
          for (let c = 0; c < channels; c++)
            for (let f = 0; f < filters; f++)
              use(x + c, (place * channels + c) * filters + f, y + f);
        }
}

/** To 1e-5 of the largest: what float32 leaves of sums of some hundred products. */
function expectClose(found: Float32Array, expected: Float64Array) {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const farthest = found.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))),
    0,
  );
  expect(found.some(Number.isNaN)).toBe(false);
  expect(farthest / largest).toBeLessThan(1e-5);
}

test('three by three windows give what their definition gives, and so do both gradients', () => {
  fc.assert(
    fc.property(example, (given) => {
      const { kernels, workspace, window, read, x, kernel, y, slope, inputSlope, kernelSlope } =
        laidOut(given);
      const { batch, filters, isAdded } = given;
      const { scratch } = workspace;
      kernels.convolve(x.at, kernel.at, y.at, window, batch, filters, scratch);
      kernels.convolveKernelGradient(
        ...([x.at, slope.at, kernelSlope.at, window, batch, filters, scratch] as const),
      );
      kernels.convolveInputGradient(
        ...([slope.at, kernel.at, inputSlope.at, window, batch, filters] as const),
        ...([isAdded ? 1 : 0, scratch] as const),
      );
      const outputs = new Float64Array(y.count);
      const inputSlopes = Float64Array.from(inputSlope.values, (value) => (isAdded ? value : 0));
      const kernelSlopes = new Float64Array(kernel.count);
      eachProduct(given, (i, k, o) => {
        const [pixel, weight] = [x.values[i] ?? NaN, kernel.values[k] ?? NaN];
        const back = slope.values[o] ?? NaN;
        outputs[o] = (outputs[o] ?? NaN) + pixel * weight;
        inputSlopes[i] = (inputSlopes[i] ?? NaN) + back * weight;
        kernelSlopes[k] = (kernelSlopes[k] ?? NaN) + back * pixel;
      });
      expectClose(read(y), outputs);
      expectClose(read(inputSlope), inputSlopes);
      expectClose(read(kernelSlope), kernelSlopes);
    }),
    { numRuns: 40 },
  );
});

test('a few images at a time, they give the same to the bit', () => {
  const given: Example = {
    ...{ rows: 9, columns: 14, channels: 20, filters: 16, batch: 7 },
    ...{ border: 1, isAdded: true },
  };
  const run = (mostOperations: number) => {
    const { kernels, workspace, window, read, x, kernel, y, slope, inputSlope, kernelSlope } =
      laidOut(given);
    const { scratch } = workspace;
    const calls: Call[] = [
      { name: 'convolve', values: [x.at, kernel.at, y.at, window, 7, 16, scratch] },
      {
        name: 'convolveKernelGradient',
        values: [x.at, slope.at, kernelSlope.at, window, 7, 16, scratch],
      },
      {
        name: 'convolveInputGradient',
        values: [slope.at, kernel.at, inputSlope.at, window, 7, 16, 1, scratch],
      },
    ];
    const windowAt = (at: number) => new Int32Array(workspace.floats.buffer, at, 11);
    const pieces = calls.flatMap((call) => [...cutCall(call, windowAt, mostOperations)]);
    for (const { name, values } of pieces)
      (kernels[name] as (...numbers: readonly number[]) => unknown)(...values);
    return { pieces: pieces.length, results: [y, inputSlope, kernelSlope].map(read) };
  };
  const whole = run(Infinity);
  const cut = run(1e5);
  expect(whole.pieces).toBe(3);
  expect(cut.pieces).toBeGreaterThan(9);
  expect(cut.results).toEqual(whole.results);
});
