/**
 * Convolutions, depthwise ones and pools on WebAssembly beside their definitions: windows of any size and stride that
 * reach into the padding, or lie in it as a whole. Nothing is written but what is theirs.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { placeWindow } from '../../src/training/engine/kernels/convolution/plan.ts';
import type { Kernels } from '../../src/training/engine/kernels/kernels.ts';
import { WasmWorkspace } from '../../src/training/engine/kernels/wasm-workspace.ts';
import {
  convolution,
  depthwise,
  outputsOf,
  pixelsOf,
  placesOf,
  pools,
  type Windows,
} from '../support/plain-windows.ts';

const upTo = (max: number) => fc.integer({ min: 0, max });
const some = (max: number) => fc.integer({ min: 1, max });

/** Along one dimension. The last window may begin beyond the image, as padding on its other side lets it. */
const along = fc
  .record({ input: upTo(11), size: some(6), stride: some(4), before: upTo(8), after: upTo(8) })
  .map(({ input, size, stride, before, after }) => ({
    ...{ input, size, stride, before },
    output: Math.max(0, Math.floor((input + before + after - size) / stride) + 1),
  }));
const windows = fc
  .record({
    ...{ y: along, x: along, batch: upTo(3) },
    channels: fc.constantFrom(1, 2, 3, 4, 5, 9),
  })
  .map(({ y, x, ...rest }): Windows => ({
    ...rest,
    ...{ inHeight: y.input, outHeight: y.output, height: y.size, strideY: y.stride },
    ...{ inWidth: x.input, outWidth: x.output, width: x.size, strideX: x.stride },
    ...{ top: y.before, left: x.before },
  }));
const filters = fc.constantFrom(1, 2, 4, 7, 8, 9);

/** Around everything that is laid out, and what it holds. */
const [guard, untouched] = [64, 0.625];

interface Place {
  at: number;
  count: number;
}

/** A workspace for one example, whose outputs and scratch have untouched room around them. */
function laidOut() {
  const workspace = WasmWorkspace.start();
  if (!workspace) throw new Error('no vectors here');
  const { kernels } = workspace;
  const random = new Random(7);
  const guards: Place[] = [];
  const places: Place[] = [];
  const reserve = (count: number) => ({ at: workspace.reserve(count), count });
  const place = (count: number) => {
    const own = reserve(count);
    places.push(own);
    guards.push(reserve(guard));
    return own;
  };
  const view = ({ at, count }: Place) => workspace.floats.subarray(at / 4, at / 4 + count);
  guards.push(reserve(guard));
  return {
    workspace,
    kernels,
    place,
    view,
    draw: (count: number) => ({
      ...place(count),
      values: Float32Array.from({ length: count }, () => random.normal()),
    }),
    /** After all is laid out. @param inputs what was drawn */
    begin(inputs: readonly { at: number; values: Float32Array }[]) {
      for (const own of [...places, ...guards]) view(own).fill(untouched);
      for (const { at, values } of inputs) workspace.floats.set(values, at / 4);
    },
    expectGuarded() {
      for (const own of guards)
        expect(
          view(own).every((value) => value === untouched),
          'nothing else',
        ).toBe(true);
    },
  };
}

function expectClose(found: Float32Array, expected: Float64Array, name: string) {
  expect(found.length, name).toBe(expected.length);
  const finite = expected.filter(Number.isFinite);
  // Sums of numbers around 1, whose rounding is of that size even where they cancel.
  const size = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const worst = expected.reduce((most, value, i) => {
    const off = Number.isFinite(value) ? Math.abs((found[i] ?? NaN) - value) : 0;
    return off <= most ? most : off;
  }, 0);
  expect(worst, name).toBeLessThan(1e-5 * size);
}

/** The gradient of the input, written and added to what is there. */
function backwards(
  { kernels, view }: ReturnType<typeof laidOut>,
  to: Place,
  call: (kernels: Kernels, accumulate: 0 | 1) => void,
): [Float32Array, Float32Array] {
  call(kernels, 0);
  const written = view(to).slice();
  view(to).fill(1);
  call(kernels, 1);
  return [written, view(to).map((value) => value - 1)];
}

const runs = { numRuns: 400, seed: 11 };

test('convolutions', () => {
  fc.assert(
    fc.property(windows, filters, (w, count) => {
      const laid = laidOut();
      const { workspace, kernels } = laid;
      const window = placeWindow(workspace, w, w.channels);
      const x = laid.draw(pixelsOf(w) * w.channels);
      const kernel = laid.draw(placesOf(w) * w.channels * count);
      const slope = laid.draw(outputsOf(w) * count);
      const y = laid.place(slope.values.length);
      const ofKernel = laid.place(kernel.values.length);
      const ofInput = laid.place(x.values.length);
      const { at: scratch } = laid.place(kernels.convolutionScratch(window, count) / 4);
      laid.begin([x, kernel, slope]);
      const sizes = [window, w.batch, count] as const;
      kernels.convolve(x.at, kernel.at, y.at, ...sizes, scratch);
      kernels.convolveKernelGradient(x.at, slope.at, ofKernel.at, ...sizes, scratch);
      const back = backwards(laid, ofInput, (by, accumulate) =>
        by.convolveInputGradient(slope.at, kernel.at, ofInput.at, ...sizes, accumulate, scratch),
      );
      const expected = convolution(w, count, {
        ...{ x: x.values, kernel: kernel.values, slope: slope.values },
      });
      expectClose(laid.view(y), expected.y, 'output');
      expectClose(laid.view(ofKernel), expected.kernelGradient, 'gradient of the kernel');
      for (const found of back) expectClose(found, expected.inputGradient, 'gradient of the input');
      laid.expectGuarded();
    }),
    runs,
  );
});

test('depthwise convolutions', () => {
  fc.assert(
    fc.property(windows, (w) => {
      const laid = laidOut();
      const { workspace, kernels } = laid;
      const window = placeWindow(workspace, w, w.channels);
      const x = laid.draw(pixelsOf(w) * w.channels);
      const kernel = laid.draw(placesOf(w) * w.channels);
      const slope = laid.draw(outputsOf(w) * w.channels);
      const y = laid.place(slope.values.length);
      const ofKernel = laid.place(kernel.values.length);
      const ofInput = laid.place(x.values.length);
      laid.begin([x, kernel, slope]);
      kernels.depthwise(x.at, kernel.at, y.at, window, w.batch);
      kernels.depthwiseKernelGradient(x.at, slope.at, ofKernel.at, window, w.batch);
      const back = backwards(laid, ofInput, (by, accumulate) =>
        by.depthwiseInputGradient(slope.at, kernel.at, ofInput.at, window, w.batch, accumulate),
      );
      const expected = depthwise(w, { x: x.values, kernel: kernel.values, slope: slope.values });
      expectClose(laid.view(y), expected.y, 'output');
      expectClose(laid.view(ofKernel), expected.kernelGradient, 'gradient of the kernel');
      for (const found of back) expectClose(found, expected.inputGradient, 'gradient of the input');
      laid.expectGuarded();
    }),
    runs,
  );
});

test('pools', () => {
  fc.assert(
    fc.property(windows, (w) => {
      const laid = laidOut();
      const { workspace, kernels } = laid;
      const window = placeWindow(workspace, w, w.channels);
      const x = laid.draw(pixelsOf(w) * w.channels);
      const slope = laid.draw(outputsOf(w) * w.channels);
      const [max, average, chosen] = [0, 1, 2].map(() => laid.place(slope.values.length));
      const ofInput = laid.place(x.values.length);
      if (!max || !average || !chosen) throw new Error('unreachable');
      laid.begin([x, slope]);
      kernels.maxPool(x.at, max.at, chosen.at, window, w.batch);
      kernels.averagePool(x.at, average.at, window, w.batch);
      const expected = pools(w, { x: x.values, slope: slope.values });
      expectClose(laid.view(max), expected.max, 'maxima');
      expectClose(laid.view(average), expected.average, 'averages');
      for (const found of backwards(laid, ofInput, (by, accumulate) =>
        by.maxPoolGradient(slope.at, chosen.at, ofInput.at, window, w.batch, accumulate),
      ))
        expectClose(found, expected.maxGradient, 'gradient of maxima');
      for (const found of backwards(laid, ofInput, (by, accumulate) =>
        by.averagePoolGradient(slope.at, ofInput.at, window, w.batch, accumulate),
      ))
        expectClose(found, expected.averageGradient, 'gradient of averages');
      laid.expectGuarded();
    }),
    runs,
  );
});
