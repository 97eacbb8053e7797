/**
 * Convolutions on WebGPU as products whose sides are read where they lie: patches of the image are gathered while
 * tiles are loaded, and the gradient of the input gathers too, so that nothing is added by several threads at once.
 */
import { partsOf, spareOfParts, tiledProduct, tileParts } from '../gemm/tiled.ts';
import type { Arguments, Shader, Shaders } from '../webgpu/shader.ts';

/** Of output `row` = (image, outY, outX) the patch's element `k` = (ky, kx, channel); 0 outside the image. */
const patchCode = `
fn patchAt(row: i32, k: i32) -> f32 {
  let line = row / p.outWidth;
  let outX = row - line * p.outWidth;
  let image = line / p.outHeight;
  let outY = line - image * p.outHeight;
  let place = k / p.channels;
  let channel = k - place * p.channels;
  let ky = place / p.width;
  let y = outY * p.strideY - p.top + ky;
  let x = outX * p.strideX - p.left + place - ky * p.width;
  if (y < 0 || y >= p.inHeight || x < 0 || x >= p.inWidth) { return 0.0; }
  return heap[p.x + ((image * p.inHeight + y) * p.inWidth + x) * p.channels + channel];
}`;

const patchSize = ({ height = 0, width = 0, channels = 0 }: Arguments) => height * width * channels;
const outputs = ({ batch = 0, outHeight = 0, outWidth = 0 }: Arguments) =>
  batch * outHeight * outWidth;

/** m, n and k of the product, and where C lies. */
type Product = (p: Arguments) => { m: number; n: number; k: number; c: number; rowsC: number };

/** @param derived beyond m, n, k and C */
function product(of: Product, derived: readonly string[] = []): Partial<Shader> {
  return {
    derived: ['m', 'n', 'k', 'c', 'rowsC', ...derived, ...tileParts],
    derive(p, spare) {
      const sizes = of(p);
      const none = Object.fromEntries(derived.map((name) => [name, 0]));
      return { ...sizes, ...none, ...partsOf(sizes, spare) };
    },
    spare: spareOfParts,
  };
}

export const convolutionShaders = {
  convolve: {
    parameters: ['x', 'kernel', 'y', 'window', 'batch', 'filters'],
    places: ['x', 'kernel', 'y'],
    ...product(
      (p) => {
        const { y = 0, filters = 0 } = p;
        return { m: outputs(p), n: filters, k: patchSize(p), c: y, rowsC: filters };
      },
      ['accumulate'],
    ),
    hasEnding: true,
    passes: tiledProduct({
      name: 'convolve',
      code: `${patchCode}
fn left(row: i32, k: i32) -> f32 { return patchAt(row, k); }
fn right(k: i32, column: i32) -> f32 { return heap[p.kernel + k * p.filters + column]; }`,
      isLeftByRows: 'false',
      isRightByColumns: 'true',
    }),
  },
  convolveKernelGradient: {
    parameters: ['x', 'gradient', 'kernelGradient', 'window', 'batch', 'filters'],
    places: ['x', 'gradient', 'kernelGradient'],
    ...product(
      (p) => {
        const { kernelGradient = 0, filters = 0 } = p;
        return { m: patchSize(p), n: filters, k: outputs(p), c: kernelGradient, rowsC: filters };
      },
      ['accumulate'],
    ),
    hasEnding: true,
    passes: tiledProduct({
      name: 'convolve, kernel gradient',
      code: `${patchCode}
fn left(row: i32, k: i32) -> f32 { return patchAt(k, row); }
fn right(k: i32, column: i32) -> f32 { return heap[p.gradient + k * p.filters + column]; }`,
      isLeftByRows: 'true',
      isRightByColumns: 'true',
    }),
  },
  convolveInputGradient: {
    parameters: [
      ...['gradient', 'kernel', 'inputGradient', 'window', 'batch', 'filters', 'accumulate'],
    ],
    places: ['gradient', 'kernel', 'inputGradient'],
    ...product((p) => {
      const { inputGradient = 0, channels = 0, filters = 0 } = p;
      const { batch = 0, inHeight = 0, inWidth = 0, height = 0, width = 0 } = p;
      return {
        m: batch * inHeight * inWidth,
        n: channels,
        k: height * width * filters,
        c: inputGradient,
        rowsC: channels,
      };
    }),
    hasEnding: true,
    passes: tiledProduct({
      name: 'convolve, input gradient',
      code: `
/** Of pixel \`row\` = (image, y, x) the output that it went into by \`k\` = (ky, kx, filter). */
fn left(row: i32, k: i32) -> f32 {
  let line = row / p.inWidth;
  let x = row - line * p.inWidth;
  let image = line / p.inHeight;
  let y = line - image * p.inHeight;
  let place = k / p.filters;
  let filter_ = k - place * p.filters;
  let ky = place / p.width;
  let shiftedY = y + p.top - ky;
  let shiftedX = x + p.left - (place - ky * p.width);
  if (shiftedY < 0 || shiftedX < 0) { return 0.0; }
  let outY = shiftedY / p.strideY;
  let outX = shiftedX / p.strideX;
  if (outY * p.strideY != shiftedY || outX * p.strideX != shiftedX) { return 0.0; }
  if (outY >= p.outHeight || outX >= p.outWidth) { return 0.0; }
  return heap[p.gradient + ((image * p.outHeight + outY) * p.outWidth + outX) * p.filters + filter_];
}
fn right(k: i32, column: i32) -> f32 {
  let place = k / p.filters;
  return heap[p.kernel + (place * p.channels + column) * p.filters + k - place * p.filters];
}`,
      isLeftByRows: 'false',
      isRightByColumns: 'false',
    }),
  },
} satisfies Shaders;
