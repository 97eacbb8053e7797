/**
 * Convolutions as matrix products over patches, a few rows of patches at a time so that they stay in the cache.
 * AssemblyScript. Images are [batch, height, width, channels]; a window is eleven int32 in memory.
 */
import { loadUpTo4, storeUpTo4 } from '../lanes/assembly';
import { gemmPacked, gemmTransposed, packB, packedScratch, packedSize } from '../gemm/assembly';

/** Patches that are laid out at a time. */
const blockPatches: i32 = 64;

// @ts-ignore: decorator
@inline
export function part(window: usize, index: i32): i32 {
  return load<i32>(window + ((<usize>index) << 2));
}
export const inHeight: i32 = 0,
  inWidth: i32 = 1,
  channels: i32 = 2,
  outHeight: i32 = 3,
  outWidth: i32 = 4,
  height: i32 = 5,
  width: i32 = 6,
  strideY: i32 = 7,
  strideX: i32 = 8,
  top: i32 = 9,
  left: i32 = 10;

// @ts-ignore: decorator
@inline
function patchSize(window: usize): i32 {
  return part(window, height) * part(window, width) * part(window, channels);
}

/** Bytes of scratch for each of the three products. */
export function convolutionScratch(window: usize, filters: i32): i32 {
  const size = patchSize(window);
  const patches = (blockPatches * size + 16) * 4;
  const forward = packedSize(filters, size) + packedScratch(blockPatches, size);
  const kernel = packedSize(filters, blockPatches) + 256;
  const input = packedSize(size, filters) + packedScratch(blockPatches, filters);
  return patches + max(forward, max(kernel, input));
}

/** y[batch, outHeight, outWidth, filters] = x * kernel[height, width, channels, filters] */
export function convolve(
  x: usize,
  kernel: usize,
  y: usize,
  window: usize,
  batch: i32,
  filters: i32,
  scratch: usize,
): void {
  const size = patchSize(window);
  const count = batch * part(window, outHeight) * part(window, outWidth);
  const packed = scratch + (((<usize>(blockPatches * size)) << 2) + 64);
  const rest = packed + packedSize(filters, size);
  packB(kernel, filters, 1, filters, size, packed);
  for (let first = 0; first < count; first += blockPatches) {
    const rows = min(blockPatches, count - first);
    layPatches(x, window, first, rows, scratch);
    const target = y + ((<usize>(first * filters)) << 2);
    gemmPacked(scratch, size, 1, packed, target, filters, rows, filters, size, false, rest);
  }
}

/** kernelGradient = Σ over patches: patchᵀ · gradient */
export function convolveKernelGradient(
  x: usize,
  gradient: usize,
  kernelGradient: usize,
  window: usize,
  batch: i32,
  filters: i32,
  scratch: usize,
): void {
  const size = patchSize(window);
  const count = batch * part(window, outHeight) * part(window, outWidth);
  const rest = scratch + (((<usize>(blockPatches * size)) << 2) + 64);
  memory.fill(kernelGradient, 0, (<usize>(size * filters)) << 2);
  for (let first = 0; first < count; first += blockPatches) {
    const rows = min(blockPatches, count - first);
    layPatches(x, window, first, rows, scratch);
    const from = gradient + ((<usize>(first * filters)) << 2);
    gemmTransposed(scratch, size, from, filters, kernelGradient, size, filters, rows, true, rest);
  }
}

/** inputGradient += gradient · kernelᵀ, each patch where it was taken from. Also a transposed convolution. */
export function convolveInputGradient(
  gradient: usize,
  kernel: usize,
  inputGradient: usize,
  window: usize,
  batch: i32,
  filters: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const size = patchSize(window);
  const count = batch * part(window, outHeight) * part(window, outWidth);
  const packed = scratch + (((<usize>(blockPatches * size)) << 2) + 64);
  const rest = packed + packedSize(size, filters);
  if (!accumulate) {
    const input = batch * part(window, inHeight) * part(window, inWidth) * part(window, channels);
    memory.fill(inputGradient, 0, (<usize>input) << 2);
  }
  packB(kernel, 1, filters, size, filters, packed);
  for (let first = 0; first < count; first += blockPatches) {
    const rows = min(blockPatches, count - first);
    const from = gradient + ((<usize>(first * filters)) << 2);
    gemmPacked(from, filters, 1, packed, scratch, size, rows, size, filters, false, rest);
    addPatches(inputGradient, window, first, rows, scratch);
  }
}

/** Patches [rows, height · width · channels] of the outputs from `first` on; 0 where the window is outside. */
function layPatches(x: usize, window: usize, first: i32, rows: i32, to: usize): void {
  const depth = part(window, channels);
  const images = part(window, inHeight),
    rowLength = part(window, inWidth);
  const windowHeight = part(window, height),
    windowWidth = part(window, width);
  const outputs = part(window, outWidth);
  const perImage = outputs * part(window, outHeight);
  const run = windowWidth * depth;
  const runBytes = (<usize>run) << 2;
  for (let row = 0; row < rows; row++) {
    const output = first + row;
    const image = output / perImage;
    const inImage = output - image * perImage;
    const outY = inImage / outputs;
    const y0 = outY * part(window, strideY) - part(window, top);
    const x0 = (inImage - outY * outputs) * part(window, strideX) - part(window, left);
    const isInside = x0 >= 0 && x0 + windowWidth <= rowLength;
    for (let ky = 0; ky < windowHeight; ky++) {
      const y = y0 + ky;
      if (y < 0 || y >= images) memory.fill(to, 0, runBytes);
      else {
        const start = (image * images + y) * rowLength + x0;
        if (isInside) copyRun(x + ((<usize>(start * depth)) << 2), to, run);
        else
          for (let kx = 0; kx < windowWidth; kx++) {
            const target = to + ((<usize>(kx * depth)) << 2);
            if (x0 + kx < 0 || x0 + kx >= rowLength)
              memory.fill(target, 0, (<usize>depth) << 2);
            else
              for (let c = 0; c < depth; c++)
                store<f32>(
                  target + ((<usize>c) << 2),
                  load<f32>(x + ((<usize>((start + kx) * depth + c)) << 2)),
                );
          }
      }
      to += runBytes;
    }
  }
}

/** Whole vectors, up to three numbers beyond the run: the next run overwrites them, or nothing reads them. */
// @ts-ignore: decorator
@inline
function copyRun(from: usize, to: usize, count: i32): void {
  const end = to + ((<usize>count) << 2);
  while (to < end) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
}

/** The reverse of layPatches: adds each patch to where it lies. */
function addPatches(x: usize, window: usize, first: i32, rows: i32, from: usize): void {
  const depth = part(window, channels);
  const images = part(window, inHeight),
    rowLength = part(window, inWidth);
  const windowHeight = part(window, height),
    windowWidth = part(window, width);
  const outputs = part(window, outWidth);
  const perImage = outputs * part(window, outHeight);
  const runBytes = (<usize>(windowWidth * depth)) << 2;
  for (let row = 0; row < rows; row++) {
    const output = first + row;
    const image = output / perImage;
    const inImage = output - image * perImage;
    const outY = inImage / outputs;
    const y0 = outY * part(window, strideY) - part(window, top);
    const x0 = (inImage - outY * outputs) * part(window, strideX) - part(window, left);
    const firstX = max(0, -x0);
    const lastX = min(windowWidth, rowLength - x0);
    for (let ky = 0; ky < windowHeight; ky++) {
      const y = y0 + ky;
      if (y >= 0 && y < images && lastX > firstX) {
        const start = (image * images + y) * rowLength + x0 + firstX;
        const target = x + ((<usize>(start * depth)) << 2);
        addRun(from + ((<usize>(firstX * depth)) << 2), target, (lastX - firstX) * depth);
      }
      from += runBytes;
    }
  }
}

// @ts-ignore: decorator
@inline
function addRun(from: usize, to: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const at = (<usize>i) << 2;
    const rest = count - i;
    storeUpTo4(to + at, f32x4.add(loadUpTo4(to + at, rest), loadUpTo4(from + at, rest)), rest);
  }
}
