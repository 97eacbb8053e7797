/**
 * The largest of windows, [batch, height, width, channels], four channels at a time, and which pixels they were.
 * AssemblyScript.
 */
import { loadUpTo4, storeOrAdd, storeUpTo4 } from '../lanes/assembly';
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

/**
 * @param chosen int32 [batch, outHeight, outWidth, channels]: which pixel of its image was the first largest; −1 where
 * all of the window lies in the padding, whose y is −∞
 */
export function maxPool(x: usize, y: usize, chosen: usize, window: usize, batch: i32): void {
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
        const isNone = firstY >= lastY || firstX >= lastX;
        const first = isNone ? -1 : firstY * rowLength + firstX;
        const isSquare = lastY - firstY == 2 && lastX - firstX == 2 && (depth & 3) == 0;
        if (isSquare) largestOfFour(start, first, rowLength, bytes, y, chosen);
        for (let c = isSquare ? depth : 0; c < depth; c += 4) {
          const at = (<usize>c) << 2;
          const rest = depth - c;
          let largest = f32x4.splat(-Infinity);
          let places = i32x4.splat(first);
          for (let row = firstY; row < lastY; row++)
            for (let column = firstX; column < lastX; column++) {
              const place = row * rowLength + column;
              const value = loadUpTo4(start + <usize>place * bytes + at, rest);
              const isLarger = isTaken(value, largest);
              largest = v128.bitselect(value, largest, isLarger);
              places = v128.bitselect(i32x4.splat(place), places, isLarger);
            }
          storeUpTo4(y + at, largest, rest);
          storeUpTo4(chosen + at, places, rest);
        }
        y += bytes;
        chosen += bytes;
      }
    }
  }
}

/** The commonest of windows, two by two, of all channels; these are a multiple of 4. @param place of its first pixel */
function largestOfFour(
  image: usize,
  place: i32,
  rowLength: i32,
  bytes: usize,
  y: usize,
  chosen: usize,
): void {
  const upper = image + <usize>place * bytes,
    lower = upper + <usize>rowLength * bytes;
  const p0 = i32x4.splat(place),
    p1 = i32x4.splat(place + 1);
  const p2 = i32x4.splat(place + rowLength),
    p3 = i32x4.splat(place + rowLength + 1);
  for (let at: usize = 0; at < bytes; at += 16) {
    const x0 = v128.load(upper + at),
      x1 = v128.load(upper + bytes + at);
    const x2 = v128.load(lower + at),
      x3 = v128.load(lower + bytes + at);
    const isRight = isTaken(x1, x0);
    const above = v128.bitselect(x1, x0, isRight);
    const isRightBelow = isTaken(x3, x2);
    const below = v128.bitselect(x3, x2, isRightBelow);
    const isBelow = isTaken(below, above);
    const placeAbove = v128.bitselect(p1, p0, isRight),
      placeBelow = v128.bitselect(p3, p2, isRightBelow);
    v128.store(y + at, v128.bitselect(below, above, isBelow));
    v128.store(chosen + at, v128.bitselect(placeBelow, placeAbove, isBelow));
  }
}

/** Whether it is larger than the largest so far; a NaN is, and stays. */
// @ts-ignore: decorator
@inline
function isTaken(value: v128, largest: v128): v128 {
  return v128.or(f32x4.gt(value, largest), f32x4.ne(value, value));
}

/** Whether windows of two by two, side by side, cover the images, whose channels are a multiple of 4. */
function isTwoByTwo(window: usize): bool {
  return (
    (part(window, channels) & 3) == 0 &&
    (part(window, height) & part(window, width) & part(window, strideY) & part(window, strideX)) == 2 &&
    (part(window, height) | part(window, width) | part(window, strideY) | part(window, strideX)) == 2 &&
    (part(window, top) | part(window, left)) == 0 &&
    part(window, inHeight) == 2 * part(window, outHeight) &&
    part(window, inWidth) == 2 * part(window, outWidth)
  );
}

/** An image's slopes: each pixel has that of its window, or none. */
function giveToFour(
  gradient: usize,
  chosen: usize,
  inputGradient: usize,
  window: usize,
  bytes: usize,
  accumulate: bool,
): void {
  const rowLength = part(window, inWidth);
  const line = <usize>rowLength * bytes;
  for (let outY = 0; outY < part(window, outHeight); outY++)
    for (let outX = 0; outX < part(window, outWidth); outX++) {
      const place = 2 * (outY * rowLength + outX);
      const to = inputGradient + <usize>place * bytes;
      const p0 = i32x4.splat(place),
        p1 = i32x4.splat(place + 1);
      const p2 = i32x4.splat(place + rowLength),
        p3 = i32x4.splat(place + rowLength + 1);
      for (let at: usize = 0; at < bytes; at += 16) {
        const slope = v128.load(gradient + at),
          largest = v128.load(chosen + at);
        storeOrAdd(to + at, v128.and(slope, i32x4.eq(largest, p0)), accumulate);
        storeOrAdd(to + bytes + at, v128.and(slope, i32x4.eq(largest, p1)), accumulate);
        storeOrAdd(to + line + at, v128.and(slope, i32x4.eq(largest, p2)), accumulate);
        storeOrAdd(to + line + bytes + at, v128.and(slope, i32x4.eq(largest, p3)), accumulate);
      }
      gradient += bytes;
      chosen += bytes;
    }
}

export function maxPoolGradient(
  gradient: usize,
  chosen: usize,
  inputGradient: usize,
  window: usize,
  batch: i32,
  accumulate: bool,
): void {
  const depth = part(window, channels);
  const perImage = part(window, inHeight) * part(window, inWidth);
  const outputs = part(window, outHeight) * part(window, outWidth);
  const bytes = (<usize>depth) << 2;
  if (isTwoByTwo(window)) {
    for (let i = 0; i < batch; i++) {
      giveToFour(gradient, chosen, inputGradient, window, bytes, accumulate);
      gradient += <usize>outputs * bytes;
      chosen += <usize>outputs * bytes;
      inputGradient += <usize>perImage * bytes;
    }
    return;
  }
  if (!accumulate) memory.fill(inputGradient, 0, <usize>(batch * perImage) * bytes);
  for (let image = 0; image < batch; image++) {
    for (let output = 0; output < outputs; output++) {
      for (let at: usize = 0; at < bytes; at += 4) {
        const place = load<i32>(chosen + at);
        if (place < 0) continue;
        const to = inputGradient + <usize>place * bytes + at;
        store<f32>(to, load<f32>(to) + load<f32>(gradient + at));
      }
      gradient += bytes;
      chosen += bytes;
    }
    inputGradient += <usize>perImage * bytes;
  }
}
