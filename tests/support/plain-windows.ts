/** What kernels of windows compute, from its definition: one number after the other, in float64. */
import type { Window } from '../../src/models/window.ts';

type Numbers = ArrayLike<number>;

/** Images are [batch, height, width, channels]; a window may lie in the padding, in part or as a whole. */
export interface Windows extends Window {
  channels: number;
  batch: number;
}

interface Tap {
  /** Pixels of all images and outputs of all images, from 0. */
  pixel: number;
  output: number;
  /** Within its image. */
  place: number;
  /** Within the window. */
  at: number;
}

/** Each pixel that each window lies on, windows in their order, row by row within each. */
function* taps(w: Windows): Generator<Tap> {
  for (let image = 0; image < w.batch; image++)
    for (let outY = 0; outY < w.outHeight; outY++)
      for (let outX = 0; outX < w.outWidth; outX++)
        for (let ky = 0; ky < w.height; ky++)
          for (let kx = 0; kx < w.width; kx++) {
            const y = outY * w.strideY - w.top + ky;
            const x = outX * w.strideX - w.left + kx;
            if (y < 0 || y >= w.inHeight || x < 0 || x >= w.inWidth) continue;
            const place = y * w.inWidth + x;
            yield {
              place,
              pixel: image * w.inHeight * w.inWidth + place,
              output: (image * w.outHeight + outY) * w.outWidth + outX,
              at: ky * w.width + kx,
            };
          }
}

export const pixelsOf = (w: Windows) => w.batch * w.inHeight * w.inWidth;
export const outputsOf = (w: Windows) => w.batch * w.outHeight * w.outWidth;
export const placesOf = (w: Windows) => w.height * w.width;

/** y, and the gradients of Σ slope · y. @param kernel [height, width, channels, filters] */
export function convolution(
  w: Windows,
  filters: number,
  { x, kernel, slope }: { x: Numbers; kernel: Numbers; slope: Numbers },
) {
  const y = new Float64Array(outputsOf(w) * filters);
  const kernelGradient = new Float64Array(placesOf(w) * w.channels * filters);
  const inputGradient = new Float64Array(pixelsOf(w) * w.channels);
  for (const { pixel, output, at } of taps(w))
    for (let c = 0; c < w.channels; c++)
      for (let f = 0; f < filters; f++) {
        const [from, by, to] = [
          pixel * w.channels + c,
          (at * w.channels + c) * filters + f,
          output * filters + f,
        ];
        add(y, to, (x[from] ?? NaN) * (kernel[by] ?? NaN));
        add(kernelGradient, by, (x[from] ?? NaN) * (slope[to] ?? NaN));
        add(inputGradient, from, (kernel[by] ?? NaN) * (slope[to] ?? NaN));
      }
  return { y, kernelGradient, inputGradient };
}

/** @param kernel [height, width, channels] */
export function depthwise(
  w: Windows,
  { x, kernel, slope }: { x: Numbers; kernel: Numbers; slope: Numbers },
) {
  const y = new Float64Array(outputsOf(w) * w.channels);
  const kernelGradient = new Float64Array(placesOf(w) * w.channels);
  const inputGradient = new Float64Array(pixelsOf(w) * w.channels);
  for (const { pixel, output, at } of taps(w))
    for (let c = 0; c < w.channels; c++) {
      const [from, by, to] = [pixel, at, output].map((place) => place * w.channels + c);
      if (from === undefined || by === undefined || to === undefined) continue;
      add(y, to, (x[from] ?? NaN) * (kernel[by] ?? NaN));
      add(kernelGradient, by, (x[from] ?? NaN) * (slope[to] ?? NaN));
      add(inputGradient, from, (kernel[by] ?? NaN) * (slope[to] ?? NaN));
    }
  return { y, kernelGradient, inputGradient };
}

/** Maxima and averages over what of a window lies in the image; of nothing −∞ and NaN, without a gradient. */
export function pools(w: Windows, { x, slope }: { x: Numbers; slope: Numbers }) {
  const count = outputsOf(w) * w.channels;
  const max = new Float64Array(count).fill(-Infinity);
  const chosen = new Int32Array(count).fill(-1);
  const [sums, counts] = [new Float64Array(count), new Float64Array(count)];
  const all = [...taps(w)];
  for (const { pixel, output, place } of all)
    for (let c = 0; c < w.channels; c++) {
      const to = output * w.channels + c;
      const value = x[pixel * w.channels + c] ?? NaN;
      add(sums, to, value);
      add(counts, to, 1);
      if (value <= (max[to] ?? NaN)) continue;
      max[to] = value;
      chosen[to] = place;
    }
  const size = pixelsOf(w) * w.channels;
  const [maxGradient, averageGradient] = [new Float64Array(size), new Float64Array(size)];
  for (const { pixel, output, place } of all)
    for (let c = 0; c < w.channels; c++) {
      const [from, to] = [pixel * w.channels + c, output * w.channels + c];
      const own = slope[to] ?? NaN;
      if (chosen[to] === place) add(maxGradient, from, own);
      add(averageGradient, from, own / (counts[to] ?? NaN));
    }
  const average = sums.map((sum, i) => sum / (counts[i] ?? NaN));
  return { max, maxGradient, average, averageGradient };
}

function add(to: Float64Array, at: number, value: number) {
  to[at] = (to[at] ?? NaN) + value;
}
