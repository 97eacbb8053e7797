/**
 * Convolutions on WebGPU as products whose sides are read where they lie: patches of the image are gathered while
 * tiles are loaded, and the gradient of the input gathers too, so that nothing is added by several threads at once.
 */
import { partsOf, spareOfParts, tiledProduct, tileParts } from '../gemm/tiled.ts';
import { readsImages, type Arguments, type Shader, type Shaders } from '../webgpu/shader.ts';

/** Patches of the image: of output (image, outY, outX) the element (ky, kx, channel), 0 outside the image. */
const patchCode = `
/** Of an output where its patch begins: in the heap, and in its image. */
fn patchOf(output: i32) -> vec3i {
  let line = output / p.outWidth;
  let image = line / p.outHeight;
  let y = (line - image * p.outHeight) * p.strideY - p.top;
  let x = (output - line * p.outWidth) * p.strideX - p.left;
  return vec3i(((image * p.inHeight + y) * p.inWidth + x) * p.channels, y, x);
}
/** Of an element of patches how far it lies from where they begin. */
fn withinPatch(element: i32) -> vec3i {
  let place = element / p.channels;
  let y = place / p.width;
  let x = place - y * p.width;
  return vec3i((y * p.inWidth + x) * p.channels + element - place * p.channels, y, x);
}
fn patchAt(corner: vec3i, within: vec3i) -> f32 {
  let y = corner.y + within.y;
  let x = corner.z + within.z;
  if (y < 0 || y >= p.inHeight || x < 0 || x >= p.inWidth) { return 0.0; }
  return heap[p.x + corner.x + within.x];
}`;

/** Rows of `place`, `columns` long, as the right side. */
const rightRows = (place: string, columns: string) => `
fn rightLine(column: i32) -> vec3i { return vec3i(column, 0, 0); }
fn rightDeep(k: i32) -> vec3i { return vec3i(k * p.${columns}, 0, 0); }
fn rightAt(line: vec3i, deep: vec3i) -> f32 { return heap[p.${place} + deep.x + line.x]; }`;

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
    writes: ['y'],
    ...product(
      (p) => {
        const { y = 0, filters = 0 } = p;
        return { m: outputs(p), n: filters, k: patchSize(p), c: y, rowsC: filters };
      },
      ['accumulate'],
    ),
    hasEnding: true,
    reads: readsImages,
    passes: tiledProduct({
      name: 'convolve',
      code: `${patchCode}
fn leftLine(row: i32) -> vec3i { return patchOf(row); }
fn leftDeep(k: i32) -> vec3i { return withinPatch(k); }
fn leftAt(line: vec3i, deep: vec3i) -> f32 { return patchAt(line, deep); }${rightRows('kernel', 'filters')}`,
      isLeftByRows: false,
      isRightByColumns: true,
    }),
  },
  convolveKernelGradient: {
    parameters: ['x', 'gradient', 'kernelGradient', 'window', 'batch', 'filters'],
    places: ['x', 'gradient', 'kernelGradient'],
    writes: ['kernelGradient'],
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
fn leftLine(row: i32) -> vec3i { return withinPatch(row); }
fn leftDeep(k: i32) -> vec3i { return patchOf(k); }
fn leftAt(line: vec3i, deep: vec3i) -> f32 { return patchAt(deep, line); }${rightRows('gradient', 'filters')}`,
      isLeftByRows: true,
      isRightByColumns: true,
    }),
  },
  convolveInputGradient: {
    parameters: [
      ...['gradient', 'kernel', 'inputGradient', 'window', 'batch', 'filters', 'accumulate'],
    ],
    places: ['gradient', 'kernel', 'inputGradient'],
    writes: ['inputGradient'],
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
/** Of pixel (image, y, x) its image's first row of outputs, and where it lies in the padded image. */
fn leftLine(row: i32) -> vec3i {
  let line = row / p.inWidth;
  let image = line / p.inHeight;
  return vec3i(image * p.outHeight, line - image * p.inHeight + p.top, row - line * p.inWidth + p.left);
}
/** \`k\` = (ky, kx, filter) */
fn leftDeep(k: i32) -> vec3i {
  let place = k / p.filters;
  let ky = place / p.width;
  return vec3i(k - place * p.filters, ky, place - ky * p.width);
}
/** Of the output that the pixel went into by k. */
fn leftAt(line: vec3i, deep: vec3i) -> f32 {
  var y = line.y - deep.y;
  var x = line.z - deep.z;
  if (y < 0 || x < 0) { return 0.0; }
  if (p.strideY != 1 || p.strideX != 1) {
    let outY = y / p.strideY;
    let outX = x / p.strideX;
    if (outY * p.strideY != y || outX * p.strideX != x) { return 0.0; }
    y = outY;
    x = outX;
  }
  if (y >= p.outHeight || x >= p.outWidth) { return 0.0; }
  return heap[p.gradient + ((line.x + y) * p.outWidth + x) * p.filters + deep.x];
}
fn rightLine(column: i32) -> vec3i { return vec3i(column * p.filters, 0, 0); }
fn rightDeep(k: i32) -> vec3i {
  let place = k / p.filters;
  return vec3i((place * p.channels - place) * p.filters + k, 0, 0);
}
fn rightAt(line: vec3i, deep: vec3i) -> f32 { return heap[p.kernel + line.x + deep.x]; }`,
      isLeftByRows: false,
      isRightByColumns: false,
    }),
  },
} satisfies Shaders;
