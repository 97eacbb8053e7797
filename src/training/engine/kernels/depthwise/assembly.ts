/** Convolutions of each channel by a kernel of its own, [height, width, channels]. AssemblyScript. Four channels at a time. */
import { loadUpTo4, madd, storeUpTo4 } from '../lanes/assembly';
import { pixel, slide } from './slide.assembly';
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

export function depthwise(x: usize, kernel: usize, y: usize, window: usize, batch: i32): void {
  slide(
    x,
    part(window, inHeight),
    part(window, inWidth),
    kernel,
    false,
    y,
    part(window, outHeight),
    part(window, outWidth),
    window,
    part(window, top),
    part(window, left),
    batch,
    false,
  );
}

/**
 * Without strides it is the convolution of the gradient by the kernel turned about; with them each output adds to the
 * pixels that it came from.
 */
export function depthwiseInputGradient(
  gradient: usize,
  kernel: usize,
  inputGradient: usize,
  window: usize,
  batch: i32,
  accumulate: bool,
): void {
  if (part(window, strideY) != 1 || part(window, strideX) != 1) {
    scatter(gradient, kernel, inputGradient, window, batch, accumulate);
    return;
  }
  slide(
    gradient,
    part(window, outHeight),
    part(window, outWidth),
    kernel,
    true,
    inputGradient,
    part(window, inHeight),
    part(window, inWidth),
    window,
    part(window, height) - 1 - part(window, top),
    part(window, width) - 1 - part(window, left),
    batch,
    accumulate,
  );
}

/** Each output's slope goes to the pixels that it came from. */
function scatter(
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
            let from = start + at;
            let slope = gradient + <usize>firstX * bytes + at;
            let outX = firstX;
            // Two sums, so that neither waits for itself.
            let sum = loadUpTo4(weight + at, rest),
              other = f32x4.splat(0);
            if (rest >= 4)
              for (; outX + 2 <= lastX; outX += 2) {
                sum = madd(v128.load(from), v128.load(slope), sum);
                other = madd(v128.load(from + step), v128.load(slope + bytes), other);
                from += 2 * step;
                slope += 2 * bytes;
              }
            for (; outX < lastX; outX++) {
              sum = madd(loadUpTo4(from, rest), loadUpTo4(slope, rest), sum);
              from += step;
              slope += bytes;
            }
            storeUpTo4(weight + at, f32x4.add(sum, other), rest);
          }
        }
      }
      gradient += <usize>outColumns * bytes;
    }
}
