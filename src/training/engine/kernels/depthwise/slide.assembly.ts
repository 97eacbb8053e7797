/** Kernels of a channel each along the rows of images. AssemblyScript. */
import { floats, loadUpTo4, madd, storeUpTo4 } from '../lanes/assembly';
import { channels, height, part, strideX, strideY, width } from '../convolution/image.assembly';

/**
 * y [batch, outRows, outColumns, channels] = x [batch, rows, rowLength, channels] by the window's kernel, which may be
 * turned about. Neighbours whose windows lie within the row are computed four at a time, by the same numbers of the
 * kernel.
 */
export function slide(
  x: usize,
  rows: i32,
  rowLength: i32,
  kernel: usize,
  isTurned: bool,
  y: usize,
  outRows: i32,
  outColumns: i32,
  window: usize,
  above: i32,
  before: i32,
  batch: i32,
  accumulate: bool,
): void {
  const depth = part(window, channels);
  const tall = part(window, height),
    wide = part(window, width);
  const stride = part(window, strideX);
  const bytes = floats(depth);
  const line = <usize>rowLength * bytes;
  // From a number of the kernel to the next of its row, and to the next row.
  const next: usize = isTurned ? 0 - bytes : bytes;
  const nextRow = <usize>wide * next;
  const start = isTurned ? kernel + <usize>(tall * wide - 1) * bytes : kernel;
  const firstWithin = (before + stride - 1) / stride;
  const endWithin = rowLength + before >= wide ? (rowLength + before - wide) / stride + 1 : 0;
  for (let image = 0; image < batch; image++)
    for (let outY = 0; outY < outRows; outY++) {
      const y0 = outY * part(window, strideY) - above;
      const firstY = max(0, -y0),
        lastY = min(tall, rows - y0);
      for (let outX = 0; outX < outColumns; ) {
        const x0 = outX * stride - before;
        const areFour = outX >= firstWithin && outX + 4 <= min(endWithin, outColumns);
        const firstX = areFour ? 0 : max(0, -x0),
          lastX = areFour ? wide : min(wide, rowLength - x0);
        const from = x + pixel(image, rows, y0 + firstY, rowLength, x0 + firstX, depth);
        const weight = start + <usize>firstY * nextRow + <usize>firstX * next;
        const count = areFour ? 4 : 1;
        const done = areFour ? depth & ~3 : 0;
        if (areFour)
          sumFour(
            from,
            <usize>stride * bytes,
            line,
            weight,
            next,
            nextRow,
            lastY - firstY,
            wide,
            y,
            depth,
            accumulate,
          );
        if (done < depth)
          for (let i = 0; i < count; i++)
            sumOne(
              from + <usize>(i * stride) * bytes,
              line,
              weight,
              next,
              nextRow,
              lastY - firstY,
              lastX - firstX,
              y + <usize>i * bytes,
              done,
              depth,
              accumulate,
            );
        outX += count;
        y += <usize>count * bytes;
      }
    }
}

/** Four neighbours' windows, `apart` bytes from each other; all channels that make up fours. */
function sumFour(
  x: usize,
  apart: usize,
  line: usize,
  kernel: usize,
  next: usize,
  nextRow: usize,
  tall: i32,
  wide: i32,
  y: usize,
  depth: i32,
  accumulate: bool,
): void {
  const bytes = floats(depth);
  for (let c = 0; c + 4 <= depth; c += 4) {
    const at = floats(c);
    const to = y + at;
    let sum0 = f32x4.splat(0),
      sum1 = f32x4.splat(0),
      sum2 = f32x4.splat(0),
      sum3 = f32x4.splat(0);
    if (accumulate) {
      sum0 = v128.load(to);
      sum1 = v128.load(to + bytes);
      sum2 = v128.load(to + 2 * bytes);
      sum3 = v128.load(to + 3 * bytes);
    }
    let row = x + at;
    let weights = kernel + at;
    for (let ky = 0; ky < tall; ky++) {
      let from0 = row,
        from2 = row + 2 * apart;
      let weight = weights;
      for (let kx = 0; kx < wide; kx++) {
        const w = v128.load(weight);
        sum0 = madd(v128.load(from0), w, sum0);
        sum1 = madd(v128.load(from0 + apart), w, sum1);
        sum2 = madd(v128.load(from2), w, sum2);
        sum3 = madd(v128.load(from2 + apart), w, sum3);
        from0 += bytes;
        from2 += bytes;
        weight += next;
      }
      row += line;
      weights += nextRow;
    }
    v128.store(to, sum0);
    v128.store(to + bytes, sum1);
    v128.store(to + 2 * bytes, sum2);
    v128.store(to + 3 * bytes, sum3);
  }
}

/** One window, its channels from `first` on. */
function sumOne(
  x: usize,
  line: usize,
  kernel: usize,
  next: usize,
  nextRow: usize,
  tall: i32,
  wide: i32,
  y: usize,
  first: i32,
  depth: i32,
  accumulate: bool,
): void {
  const bytes = floats(depth);
  for (let c = first; c < depth; c += 4) {
    const at = floats(c);
    const rest = depth - c;
    let sum = accumulate ? loadUpTo4(y + at, rest) : f32x4.splat(0);
    let row = x + at;
    let weights = kernel + at;
    for (let ky = 0; ky < tall; ky++) {
      let from = row;
      let weight = weights;
      for (let kx = 0; kx < wide; kx++) {
        sum = madd(loadUpTo4(from, rest), loadUpTo4(weight, rest), sum);
        from += bytes;
        weight += next;
      }
      row += line;
      weights += nextRow;
    }
    storeUpTo4(y + at, sum, rest);
  }
}

/** Bytes from the first pixel to another. */
// @ts-ignore: decorator
@inline
export function pixel(image: i32, rows: i32, row: i32, rowLength: i32, column: i32, depth: i32): usize {
  return (<usize>(((image * rows + row) * rowLength + column) * depth)) << 2;
}
