/**
 * A convolution's window and the images that it slides over, with their border. AssemblyScript. Images are
 * [batch, height, width, channels]; a window is eleven int32 in memory.
 */
import { floats } from '../lanes/assembly';

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
export function patchSize(window: usize): i32 {
  return part(window, height) * part(window, width) * part(window, channels);
}

/** Rows and columns that windows reach over, the border included. */
// @ts-ignore: decorator
@inline
function reach(outputs: i32, stride: i32, size: i32): i32 {
  return outputs == 0 ? 0 : (outputs - 1) * stride + size;
}

/**
 * Whether the way back is a convolution itself: windows follow one another without a gap, and the turned one has a
 * border of its own, window − 1 − top and left, not a negative one.
 */
// @ts-ignore: decorator
@inline
export function isDense(window: usize): bool {
  return (
    part(window, strideY) == 1 &&
    part(window, strideX) == 1 &&
    part(window, top) < part(window, height) &&
    part(window, left) < part(window, width)
  );
}

// @ts-ignore: decorator
@inline
export function borderedFloats(window: usize): i32 {
  return (
    reach(part(window, outHeight), part(window, strideY), part(window, height)) *
    reach(part(window, outWidth), part(window, strideX), part(window, width)) *
    part(window, channels)
  );
}

// @ts-ignore: decorator
@inline
export function hasBorder(window: usize): bool {
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
export function borderedColumns(window: usize): i32 {
  return hasBorder(window)
    ? reach(part(window, outWidth), part(window, strideX), part(window, width))
    : part(window, inWidth);
}

/** The image as windows see it: as it lies, or with its border in `to`. */
export function bordered(x: usize, window: usize, to: usize): usize {
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

/**
 * An image [rows, columns, depth] with zeros around it, [toRows, toColumns, depth]. What lies outside of that is
 * left out, be it all of the image.
 */
export function addBorder(
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
  above = min(above, toRows);
  before = min(before, toColumns);
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
