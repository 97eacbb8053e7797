/** Averages of windows, and pools of all places, [batch, height, width, channels], four channels at a time. AssemblyScript. */
import { columnSums } from '../copy/assembly';
import { loadUpTo4, storeUpTo4 } from '../lanes/assembly';
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

/** Over what of the window lies in the image. */
export function averagePool(x: usize, y: usize, window: usize, batch: i32): void {
  average(x, y, window, batch, false);
}

export function averagePoolGradient(
  gradient: usize,
  inputGradient: usize,
  window: usize,
  batch: i32,
  accumulate: bool,
): void {
  if (!accumulate) {
    const count = batch * part(window, inHeight) * part(window, inWidth) * part(window, channels);
    memory.fill(inputGradient, 0, (<usize>count) << 2);
  }
  average(inputGradient, gradient, window, batch, true);
}

/** y = the average of x's windows; or, backward, x += y's share. */
function average(x: usize, y: usize, window: usize, batch: i32, isBackward: bool): void {
  const depth = part(window, channels);
  const rows = part(window, inHeight),
    rowLength = part(window, inWidth);
  const bytes = (<usize>depth) << 2;
  for (let image = 0; image < batch; image++) {
    const start = x + <usize>(image * rows * rowLength) * bytes;
    for (let outY = 0; outY < part(window, outHeight); outY++) {
      const y0 = outY * part(window, strideY) - part(window, top);
      const firstY = max(0, y0),
        lastY = min(rows, y0 + part(window, height));
      for (let outX = 0; outX < part(window, outWidth); outX++) {
        const x0 = outX * part(window, strideX) - part(window, left);
        const firstX = max(0, x0),
          lastX = min(rowLength, x0 + part(window, width));
        const share = f32x4.splat(1 / <f32>((lastY - firstY) * (lastX - firstX)));
        for (let c = 0; c < depth; c += 4) {
          const at = (<usize>c) << 2;
          const rest = depth - c;
          const slope = isBackward ? f32x4.mul(loadUpTo4(y + at, rest), share) : f32x4.splat(0);
          let sum = f32x4.splat(0);
          for (let row = firstY; row < lastY; row++)
            for (let column = firstX; column < lastX; column++) {
              const from = start + <usize>(row * rowLength + column) * bytes + at;
              const value = loadUpTo4(from, rest);
              if (isBackward) storeUpTo4(from, f32x4.add(value, slope), rest);
              else sum = f32x4.add(sum, value);
            }
          if (!isBackward) storeUpTo4(y + at, f32x4.mul(sum, share), rest);
        }
        y += bytes;
      }
    }
  }
}

/** y[batch, columns] = the mean over the places that `mask` [batch, places] counts; 0 for none. No mask: 0. */
export function globalAverage(
  x: usize,
  mask: usize,
  y: usize,
  batch: i32,
  places: i32,
  columns: i32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < batch; row++) {
    const share = f32x4.splat(1 / counted(mask, places));
    if (mask == 0) columnSums(x, places, columns, y);
    for (let c = 0; c < columns; c += 4) {
      const at = (<usize>c) << 2;
      const rest = columns - c;
      let sum = mask == 0 ? loadUpTo4(y + at, rest) : f32x4.splat(0);
      let from = x + at;
      for (let place = 0; mask != 0 && place < places; place++) {
        if (isCounted(mask, place)) sum = f32x4.add(sum, loadUpTo4(from, rest));
        from += bytes;
      }
      storeUpTo4(y + at, f32x4.mul(sum, share), rest);
    }
    x += <usize>places * bytes;
    y += bytes;
    if (mask) mask += (<usize>places) << 2;
  }
}

export function globalAverageGradient(
  gradient: usize,
  mask: usize,
  inputGradient: usize,
  batch: i32,
  places: i32,
  columns: i32,
  accumulate: bool,
): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < batch; row++) {
    const share = f32x4.splat(1 / counted(mask, places));
    for (let place = 0; place < places; place++) {
      const factor = isCounted(mask, place) ? share : f32x4.splat(0);
      for (let c = 0; c < columns; c += 4) {
        const at = (<usize>c) << 2;
        const rest = columns - c;
        let slope = f32x4.mul(loadUpTo4(gradient + at, rest), factor);
        if (accumulate) slope = f32x4.add(slope, loadUpTo4(inputGradient + at, rest));
        storeUpTo4(inputGradient + at, slope, rest);
      }
      inputGradient += bytes;
    }
    gradient += bytes;
    if (mask) mask += (<usize>places) << 2;
  }
}

/** @param chosen int32 [batch, columns]: the place of the first largest; −1 where no place counts, whose y is 0 */
export function globalMax(
  x: usize,
  mask: usize,
  y: usize,
  chosen: usize,
  batch: i32,
  places: i32,
  columns: i32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < batch; row++) {
    for (let c = 0; c < columns; c += 4) {
      const at = (<usize>c) << 2;
      const rest = columns - c;
      let largest = f32x4.splat(-Infinity);
      let at4 = i32x4.splat(-1);
      let from = x + at;
      for (let place = 0; place < places; place++) {
        if (isCounted(mask, place)) {
          const value = loadUpTo4(from, rest);
          const isLarger = v128.not(f32x4.le(value, largest));
          largest = v128.bitselect(value, largest, isLarger);
          at4 = v128.bitselect(i32x4.splat(place), at4, isLarger);
        }
        from += bytes;
      }
      const isNone = i32x4.lt_s(at4, i32x4.splat(0));
      storeUpTo4(y + at, v128.andnot(largest, isNone), rest);
      storeUpTo4(chosen + at, at4, rest);
    }
    x += <usize>places * bytes;
    y += bytes;
    chosen += bytes;
    if (mask) mask += (<usize>places) << 2;
  }
}

export function globalMaxGradient(
  gradient: usize,
  chosen: usize,
  inputGradient: usize,
  batch: i32,
  places: i32,
  columns: i32,
  accumulate: bool,
): void {
  const bytes = (<usize>columns) << 2;
  if (!accumulate) memory.fill(inputGradient, 0, <usize>(batch * places) * bytes);
  for (let row = 0; row < batch; row++) {
    for (let at: usize = 0; at < bytes; at += 4) {
      const place = load<i32>(chosen + at);
      if (place < 0) continue;
      const to = inputGradient + <usize>place * bytes + at;
      store<f32>(to, load<f32>(to) + load<f32>(gradient + at));
    }
    inputGradient += <usize>places * bytes;
    gradient += bytes;
    chosen += bytes;
  }
}

// @ts-ignore: decorator
@inline
function isCounted(mask: usize, place: i32): bool {
  return mask == 0 || load<f32>(mask + ((<usize>place) << 2)) != 0;
}

function counted(mask: usize, places: i32): f32 {
  if (mask == 0) return <f32>places;
  let count: f32 = 0;
  for (let place = 0; place < places; place++) count += load<f32>(mask + ((<usize>place) << 2));
  return max<f32>(count, 1);
}
