/** What comes back through a convolution's windows to its input. AssemblyScript. */
import { gemmPacked } from '../gemm/assembly';
import { packB, packBlock, packedSize } from '../gemm/packing.assembly';
import { edgeBytes } from '../gemm/tile.assembly';
import { floats, loadUpTo4, storeUpTo4 } from '../lanes/assembly';
import {
  addBorder,
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
import { rounded, slide, startsBytes } from './slide.assembly';
import { convolveTiles, isWinograd } from './winograd.assembly';

/** Patches that are laid out at a time where a gradient goes back through strides. */
export const blockPatches: i32 = 64;

/**
 * inputGradient (+)= what comes back through the windows. Without strides it is a convolution of the gradient by
 * the kernel turned around; else each patch's share is added where it was taken from. Also a transposed convolution.
 */
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
  if (isWinograd(window, filters)) {
    const depth = part(window, channels);
    // The window turned around, its channels and filters in each other's place.
    convolveTiles(
      gradient,
      part(window, outHeight),
      part(window, outWidth),
      2 - part(window, top),
      2 - part(window, left),
      kernel + floats(8 * depth * filters),
      -(<isize>floats(depth * filters)),
      1,
      filters,
      inputGradient,
      part(window, inHeight),
      part(window, inWidth),
      batch,
      filters,
      depth,
      accumulate,
      scratch,
    );
    return;
  }
  if (isDense(window))
    slideBack(gradient, kernel, inputGradient, window, batch, filters, accumulate, scratch);
  else addBack(gradient, kernel, inputGradient, window, batch, filters, accumulate, scratch);
}

function slideBack(
  gradient: usize,
  kernel: usize,
  inputGradient: usize,
  window: usize,
  batch: i32,
  filters: i32,
  accumulate: bool,
  scratch: usize,
): void {
  const depth = part(window, channels);
  const windowRows = part(window, height),
    windowColumns = part(window, width);
  const places = windowRows * windowColumns;
  const around = places * filters;
  const starts = scratch + edgeBytes;
  const packed = starts + startsBytes(patchSize(window));
  const room = packed + packedSize(depth, around);
  for (let place = 0; place < places; place++) {
    const turned = kernel + floats((places - 1 - place) * depth * filters);
    packBlock(turned, 1, filters, depth, filters, packed + floats(place * filters * 8), around);
  }
  const rows = part(window, inHeight),
    columns = part(window, inWidth);
  const outRows = part(window, outHeight),
    outColumns = part(window, outWidth);
  const toRows = rows + windowRows - 1,
    toColumns = columns + windowColumns - 1;
  const above = windowRows - 1 - part(window, top),
    before = windowColumns - 1 - part(window, left);
  for (let image = 0; image < batch; image++) {
    addBorder(gradient, outRows, outColumns, filters, above, before, toRows, toColumns, room);
    slide(
      room,
      floats(toColumns * filters),
      filters,
      windowColumns * filters,
      windowRows,
      1,
      1,
      packed,
      inputGradient,
      rows,
      columns,
      depth,
      accumulate,
      starts,
      scratch,
    );
    gradient += floats(outRows * outColumns * filters);
    inputGradient += floats(rows * columns * depth);
  }
}

function addBack(
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
  const packed = scratch + floats(rounded(blockPatches * size));
  const rest = packed + packedSize(size, filters);
  if (!accumulate) {
    const input = batch * part(window, inHeight) * part(window, inWidth) * part(window, channels);
    memory.fill(inputGradient, 0, floats(input));
  }
  packB(kernel, 1, filters, size, filters, packed);
  for (let first = 0; first < count; first += blockPatches) {
    const rows = min(blockPatches, count - first);
    const from = gradient + floats(first * filters);
    gemmPacked(from, filters, 1, packed, scratch, size, rows, size, filters, false, rest);
    addPatches(inputGradient, window, first, rows, scratch);
  }
}

/** Adds patches [rows, height · width · channels] of the outputs from `first` on to where they lie. */
function addPatches(x: usize, window: usize, first: i32, rows: i32, from: usize): void {
  const depth = part(window, channels);
  const images = part(window, inHeight),
    rowLength = part(window, inWidth);
  const windowHeight = part(window, height),
    windowWidth = part(window, width);
  const outputs = part(window, outWidth);
  const perImage = outputs * part(window, outHeight);
  const runBytes = floats(windowWidth * depth);
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
        addRun(from + floats(firstX * depth), x + floats(start * depth), (lastX - firstX) * depth);
      }
      from += runBytes;
    }
  }
}

// @ts-ignore: decorator
@inline
function addRun(from: usize, to: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const at = floats(i);
    const rest = count - i;
    storeUpTo4(to + at, f32x4.add(loadUpTo4(to + at, rest), loadUpTo4(from + at, rest)), rest);
  }
}
