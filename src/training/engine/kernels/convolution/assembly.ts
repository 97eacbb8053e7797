/**
 * Convolutions as matrix products whose rows are read where they lie in the image. AssemblyScript. Images are
 * [batch, height, width, channels]; a window is eleven int32 in memory. An image with padding is laid out with its
 * border once, so that no window reaches outside.
 */
import { gemmGathered } from '../gemm/assembly';
import { packedScratch } from '../gemm/scratch.assembly';
import { packBlock, packedSize } from '../gemm/packing.assembly';
import { edgeBytes } from '../gemm/tile.assembly';
import { floats } from '../lanes/assembly';
import {
  bordered,
  borderedColumns,
  borderedFloats,
  channels,
  height,
  inHeight,
  inWidth,
  isDense,
  left,
  outHeight,
  outWidth,
  part,
  patchSize,
  strideX,
  strideY,
  top,
  width,
} from './image.assembly';
import { blockPatches } from './input-gradient.assembly';
import { rounded, slide, startsBytes } from './slide.assembly';
import {
  addTiledKernelGradient,
  kernelGradientScratch,
  tiledKernelGradient,
} from './winograd-kernel.assembly';
import { convolveTiles, isWinograd, winogradScratch } from './winograd.assembly';

export { convolveInputGradient } from './input-gradient.assembly';

/** Outputs that a kernel's gradient sums at a time: so much of a panel stays in the first cache. */
const blockSummed: i32 = 384;

/** Whole rows of them; an output of an image without columns has none. */
// @ts-ignore: decorator
@inline
function rowsSummed(outColumns: i32): i32 {
  return max(1, blockSummed / max(1, outColumns));
}

/** Bytes of scratch for each of the three products. */
export function convolutionScratch(window: usize, filters: i32): i32 {
  if (isWinograd(window, filters)) {
    const depth = part(window, channels);
    const forward = winogradScratch(part(window, outHeight), part(window, outWidth), depth, filters);
    const back = winogradScratch(part(window, inHeight), part(window, inWidth), filters, depth);
    return max(max(forward, back), kernelGradientScratch(window, filters));
  }
  const size = patchSize(window);
  const rows = rowsSummed(part(window, outWidth));
  const common = edgeBytes + <i32>startsBytes(size) + 64;
  const forward = rounded(borderedFloats(window)) * 4 + packedSize(filters, size);
  const kernel =
    rounded(borderedFloats(window)) * 4 + packedSize(filters, rows * part(window, outWidth));
  const slopes =
    (part(window, inHeight) + part(window, height) - 1) *
    (part(window, inWidth) + part(window, width) - 1) *
    filters;
  const around = part(window, height) * part(window, width) * filters;
  const input = rounded(slopes) * 4 + packedSize(part(window, channels), around);
  const patches =
    (blockPatches * size + 16) * 4 +
    packedSize(size, filters) +
    packedScratch(blockPatches, filters);
  return common + max(max(forward, kernel), isDense(window) ? input : patches);
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
  const depth = part(window, channels);
  if (isWinograd(window, filters)) {
    convolveTiles(
      x,
      part(window, inHeight),
      part(window, inWidth),
      part(window, top),
      part(window, left),
      kernel,
      <isize>floats(depth * filters),
      filters,
      1,
      y,
      part(window, outHeight),
      part(window, outWidth),
      batch,
      depth,
      filters,
      false,
      scratch,
    );
    return;
  }
  const starts = scratch + edgeBytes;
  const packed = starts + startsBytes(size);
  const room = packed + packedSize(filters, size);
  const line = floats(borderedColumns(window) * depth);
  const perImage = floats(part(window, inHeight) * part(window, inWidth) * depth);
  const outRows = part(window, outHeight),
    outColumns = part(window, outWidth);
  packBlock(kernel, filters, 1, filters, size, packed, size);
  for (let image = 0; image < batch; image++) {
    slide(
      bordered(x, window, room),
      line,
      depth,
      part(window, width) * depth,
      part(window, height),
      part(window, strideY),
      part(window, strideX),
      packed,
      y,
      outRows,
      outColumns,
      filters,
      false,
      starts,
      scratch,
    );
    x += perImage;
    y += floats(outRows * outColumns * filters);
  }
}

/** kernelGradient[height, width, channels, filters] = Σ over outputs: window · gradient */
export function convolveKernelGradient(
  x: usize,
  gradient: usize,
  kernelGradient: usize,
  window: usize,
  batch: i32,
  filters: i32,
  scratch: usize,
): void {
  if (isWinograd(window, filters)) {
    tiledKernelGradient(x, gradient, kernelGradient, window, batch, filters, scratch);
    return;
  }
  memory.fill(kernelGradient, 0, floats(patchSize(window) * filters));
  addConvolveKernelGradient(x, gradient, kernelGradient, window, batch, filters, scratch);
}

/** kernelGradient += the same: further images, after those of the call before, in the same scratch. */
export function addConvolveKernelGradient(
  x: usize,
  gradient: usize,
  kernelGradient: usize,
  window: usize,
  batch: i32,
  filters: i32,
  scratch: usize,
): void {
  if (isWinograd(window, filters)) {
    addTiledKernelGradient(x, gradient, kernelGradient, window, batch, filters, scratch);
    return;
  }
  const size = patchSize(window);
  const depth = part(window, channels);
  const outRows = part(window, outHeight),
    outColumns = part(window, outWidth);
  const rowsAtATime = rowsSummed(outColumns);
  const starts = scratch + edgeBytes;
  const packed = starts + startsBytes(size);
  const room = packed + packedSize(filters, rowsAtATime * outColumns);
  const line = floats(borderedColumns(window) * depth);
  const perImage = floats(part(window, inHeight) * part(window, inWidth) * depth);
  const step = floats(part(window, strideX) * depth);
  const down = <usize>part(window, strideY) * line;
  const run = part(window, width) * depth;
  for (let image = 0; image < batch; image++) {
    const from = bordered(x, window, room);
    for (let first = 0; first < outRows; first += rowsAtATime) {
      const rows = min(rowsAtATime, outRows - first);
      const count = rows * outColumns;
      packBlock(gradient, filters, 1, filters, count, packed, count);
      let at = starts;
      for (let ky = 0; ky < part(window, height); ky++) {
        const start = from + <usize>first * down + <usize>ky * line;
        for (let i = 0; i < run; i++) {
          store<u32>(at, <u32>(start + floats(i)));
          at += 4;
        }
      }
      gemmGathered(
        starts,
        step,
        outColumns,
        rows,
        down - <usize>outColumns * step,
        packed,
        kernelGradient,
        filters,
        size,
        filters,
        true,
        scratch,
      );
      gradient += floats(count * filters);
    }
    x += perImage;
  }
}
