/**
 * Convolutions as matrix products whose rows are read where they lie in the image. AssemblyScript. Images are
 * [batch, height, width, channels]; a window is eleven int32 in memory. An image with padding is laid out with its
 * border once, so that no window reaches outside.
 */
import { loadUpTo4, storeUpTo4 } from '../lanes/assembly';
import {
  edgeBytes,
  gemmGathered,
  gemmPacked,
  packB,
  packBlock,
  packedScratch,
  packedSize,
} from '../gemm/assembly';

/** Outputs that are computed at a time, so that what they read stays in the first cache. */
const blockOutputs: i32 = 96;
/** Outputs that a kernel's gradient sums at a time: so much of a panel stays in the first cache. */
const blockSummed: i32 = 384;
/** Patches that are laid out at a time where a gradient goes back through strides. */
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
function floats(count: i32): usize {
  return (<usize>count) << 2;
}

// @ts-ignore: decorator
@inline
function patchSize(window: usize): i32 {
  return part(window, height) * part(window, width) * part(window, channels);
}

/** Rows and columns that windows reach over, the border included. */
// @ts-ignore: decorator
@inline
function reach(outputs: i32, stride: i32, size: i32): i32 {
  return (outputs - 1) * stride + size;
}

// @ts-ignore: decorator
@inline
function borderedFloats(window: usize): i32 {
  return (
    reach(part(window, outHeight), part(window, strideY), part(window, height)) *
    reach(part(window, outWidth), part(window, strideX), part(window, width)) *
    part(window, channels)
  );
}

// @ts-ignore: decorator
@inline
function rounded(count: i32): i32 {
  return (count + 3) & ~3;
}

/** Of the list of where rows begin: as many as outputs at a time, or as a window has values. */
// @ts-ignore: decorator
@inline
function startsBytes(size: i32): usize {
  return floats(rounded(max(blockOutputs, size) + 8));
}

/** Bytes of scratch for each of the three products. */
export function convolutionScratch(window: usize, filters: i32): i32 {
  const size = patchSize(window);
  const rows = max(1, blockSummed / part(window, outWidth));
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

/** Whether windows follow one another without a gap: the way back is then a convolution itself. */
// @ts-ignore: decorator
@inline
function isDense(window: usize): bool {
  return part(window, strideY) == 1 && part(window, strideX) == 1;
}

/**
 * An image [rows, columns, depth] with zeros around it, [toRows, toColumns, depth]. What lies outside of that is
 * left out.
 */
function addBorder(
  x: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  above: i32,
  before: i32,
  toRows: i32,
  toColumns: i32,
  to: usize,
): void {
  const line = floats(toColumns * depth);
  const kept = min(columns, toColumns - before);
  memory.fill(to, 0, <usize>above * line);
  const last = min(toRows, above + rows);
  for (let row = above; row < last; row++) {
    const target = to + <usize>row * line;
    memory.fill(target, 0, floats(before * depth));
    copyFloats(x + floats((row - above) * columns * depth), target + floats(before * depth), kept * depth);
    const after = before + kept;
    memory.fill(target + floats(after * depth), 0, floats((toColumns - after) * depth));
  }
  if (last < toRows) memory.fill(to + <usize>last * line, 0, <usize>(toRows - last) * line);
}

// @ts-ignore: decorator
@inline
function copyFloats(from: usize, to: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(to + floats(i), v128.load(from + floats(i)));
  for (; i < count; i++) store<f32>(to + floats(i), load<f32>(from + floats(i)));
}

/** The image as windows see it: as it lies, or with its border in `to`. */
function bordered(x: usize, window: usize, to: usize): usize {
  if (!hasBorder(window)) return x;
  addBorder(
    x,
    part(window, inHeight),
    part(window, inWidth),
    part(window, channels),
    part(window, top),
    part(window, left),
    reach(part(window, outHeight), part(window, strideY), part(window, height)),
    reach(part(window, outWidth), part(window, strideX), part(window, width)),
    to,
  );
  return to;
}

// @ts-ignore: decorator
@inline
function hasBorder(window: usize): bool {
  return (
    part(window, top) > 0 ||
    part(window, left) > 0 ||
    reach(part(window, outHeight), part(window, strideY), part(window, height)) >
      part(window, inHeight) ||
    reach(part(window, outWidth), part(window, strideX), part(window, width)) >
      part(window, inWidth)
  );
}

/** Columns of the image that bordered() gives. */
// @ts-ignore: decorator
@inline
function borderedColumns(window: usize): i32 {
  return hasBorder(window)
    ? reach(part(window, outWidth), part(window, strideX), part(window, width))
    : part(window, inWidth);
}

/**
 * y[outRows, outColumns, filters] (+)= windows of one image, whose rows are `line` bytes apart, · packed kernel.
 * @param run floats of a window's row
 */
function slide(
  image: usize,
  line: usize,
  depth: i32,
  run: i32,
  windowRows: i32,
  downwards: i32,
  along: i32,
  packed: usize,
  y: usize,
  outRows: i32,
  outColumns: i32,
  filters: i32,
  accumulate: bool,
  starts: usize,
  edge: usize,
): void {
  const step = floats(along * depth);
  const jump = line - floats(run);
  let outX = 0;
  let rowStart = image;
  let start = image;
  let left = outRows * outColumns;
  while (left > 0) {
    const count = min(blockOutputs, left);
    for (let i = 0; i < count; i++) {
      store<u32>(starts + floats(i), <u32>start);
      start += step;
      if (++outX == outColumns) {
        outX = 0;
        rowStart += <usize>downwards * line;
        start = rowStart;
      }
    }
    gemmGathered(
      starts,
      4,
      run,
      windowRows,
      jump,
      packed,
      y,
      filters,
      count,
      filters,
      accumulate,
      edge,
    );
    y += floats(count * filters);
    left -= count;
  }
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
  memory.fill(kernelGradient, 0, floats(patchSize(window) * filters));
  addConvolveKernelGradient(x, gradient, kernelGradient, window, batch, filters, scratch);
}

/** kernelGradient += the same: further images, after those before them. */
export function addConvolveKernelGradient(
  x: usize,
  gradient: usize,
  kernelGradient: usize,
  window: usize,
  batch: i32,
  filters: i32,
  scratch: usize,
): void {
  const size = patchSize(window);
  const depth = part(window, channels);
  const outRows = part(window, outHeight),
    outColumns = part(window, outWidth);
  const rowsAtATime = max(1, blockSummed / outColumns);
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
