/** Convolutions of each channel by a kernel of its own, [height, width, channels]. AssemblyScript. Four channels at a time. */
import { loadUpTo4, madd, storeUpTo4 } from '../lanes/assembly';
import {
  channels,
  height,
  inHeight,
  inWidth,
  left,
  outHeight,
  outWidth,
  part,
  strideX,
  strideY,
  top,
  width,
} from '../convolution/image.assembly';

/** Bytes from the first pixel to another. */
// @ts-ignore: decorator
@inline
function pixel(image: i32, rows: i32, row: i32, rowLength: i32, column: i32, depth: i32): usize {
  return (<usize>(((image * rows + row) * rowLength + column) * depth)) << 2;
}

export function depthwise(x: usize, kernel: usize, y: usize, window: usize, batch: i32): void {
  const depth = part(window, channels);
  const rows = part(window, inHeight),
    rowLength = part(window, inWidth);
  const outRows = part(window, outHeight),
    outColumns = part(window, outWidth);
  const bytes = (<usize>depth) << 2;
  for (let image = 0; image < batch; image++)
    for (let outY = 0; outY < outRows; outY++) {
      const y0 = outY * part(window, strideY) - part(window, top);
      const firstY = max(0, -y0),
        lastY = min(part(window, height), rows - y0);
      for (let outX = 0; outX < outColumns; outX++) {
        const x0 = outX * part(window, strideX) - part(window, left);
        const firstX = max(0, -x0),
          lastX = min(part(window, width), rowLength - x0);
        for (let c = 0; c < depth; c += 4) {
          const at = (<usize>c) << 2;
          const rest = depth - c;
          let sum = f32x4.splat(0);
          for (let ky = firstY; ky < lastY; ky++) {
            let from = x + pixel(image, rows, y0 + ky, rowLength, x0 + firstX, depth) + at;
            let weight = kernel + <usize>(ky * part(window, width) + firstX) * bytes + at;
            for (let kx = firstX; kx < lastX; kx++) {
              sum = madd(loadUpTo4(from, rest), loadUpTo4(weight, rest), sum);
              from += bytes;
              weight += bytes;
            }
          }
          storeUpTo4(y + at, sum, rest);
        }
        y += bytes;
      }
    }
}

export function depthwiseInputGradient(
  gradient: usize,
  kernel: usize,
  inputGradient: usize,
  window: usize,
  batch: i32,
  accumulate: bool,
): void {
  const depth = part(window, channels);
  const rows = part(window, inHeight),
    rowLength = part(window, inWidth);
  const bytes = (<usize>depth) << 2;
  if (!accumulate) memory.fill(inputGradient, 0, <usize>(batch * rows * rowLength) * bytes);
  for (let image = 0; image < batch; image++)
    for (let outY = 0; outY < part(window, outHeight); outY++) {
      const y0 = outY * part(window, strideY) - part(window, top);
      const firstY = max(0, -y0),
        lastY = min(part(window, height), rows - y0);
      for (let outX = 0; outX < part(window, outWidth); outX++) {
        const x0 = outX * part(window, strideX) - part(window, left);
        const firstX = max(0, -x0),
          lastX = min(part(window, width), rowLength - x0);
        for (let c = 0; c < depth; c += 4) {
          const at = (<usize>c) << 2;
          const rest = depth - c;
          const slope = loadUpTo4(gradient + at, rest);
          for (let ky = firstY; ky < lastY; ky++) {
            let to = inputGradient + pixel(image, rows, y0 + ky, rowLength, x0 + firstX, depth) + at;
            let weight = kernel + <usize>(ky * part(window, width) + firstX) * bytes + at;
            for (let kx = firstX; kx < lastX; kx++) {
              storeUpTo4(to, madd(slope, loadUpTo4(weight, rest), loadUpTo4(to, rest)), rest);
              to += bytes;
              weight += bytes;
            }
          }
        }
        gradient += bytes;
      }
    }
}

export function depthwiseKernelGradient(
  x: usize,
  gradient: usize,
  kernelGradient: usize,
  window: usize,
  batch: i32,
): void {
  const size = part(window, height) * part(window, width) * part(window, channels);
  memory.fill(kernelGradient, 0, (<usize>size) << 2);
  addDepthwiseKernelGradient(x, gradient, kernelGradient, window, batch);
}

/**
 * kernelGradient += the same: further images, after those before them. Row after row of the output, so that both rows
 * stay in the first cache while all of the kernel is summed.
 */
export function addDepthwiseKernelGradient(
  x: usize,
  gradient: usize,
  kernelGradient: usize,
  window: usize,
  batch: i32,
): void {
  const depth = part(window, channels);
  const rows = part(window, inHeight),
    rowLength = part(window, inWidth);
  const outColumns = part(window, outWidth);
  const stride = part(window, strideX);
  const bytes = (<usize>depth) << 2;
  for (let image = 0; image < batch; image++)
    for (let outY = 0; outY < part(window, outHeight); outY++) {
      const y0 = outY * part(window, strideY) - part(window, top);
      for (let ky = 0; ky < part(window, height); ky++) {
        if (y0 + ky < 0 || y0 + ky >= rows) continue;
        for (let kx = 0; kx < part(window, width); kx++) {
          const shift = kx - part(window, left);
          // outX · stride + shift within the row
          const firstX = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
          // Division goes towards 0: where not even the first is within the row, it would find one.
          const lastX = shift < rowLength ? min(outColumns, (rowLength - 1 - shift) / stride + 1) : 0;
          const weight = kernelGradient + <usize>(ky * part(window, width) + kx) * bytes;
          const step = <usize>stride * bytes;
          const start = x + pixel(image, rows, y0 + ky, rowLength, firstX * stride + shift, depth);
          for (let c = 0; c < depth; c += 4) {
            const at = (<usize>c) << 2;
            const rest = depth - c;
            let sum = loadUpTo4(weight + at, rest);
            let from = start + at;
            let slope = gradient + <usize>firstX * bytes + at;
            for (let outX = firstX; outX < lastX; outX++) {
              sum = madd(loadUpTo4(from, rest), loadUpTo4(slope, rest), sum);
              from += step;
              slope += bytes;
            }
            storeUpTo4(weight + at, sum, rest);
          }
        }
      }
      gradient += <usize>outColumns * bytes;
    }
}
