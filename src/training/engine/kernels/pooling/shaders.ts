/** Pools on WebGPU. Gradients are gathered: each pixel looks for the windows that it lies in, always in the same order. */
import { eachOfFour, fourAt, fourParts, foursOf, placeOfFour } from '../webgpu/fours.ts';
import { each, type Shaders } from '../webgpu/shader.ts';

/** From the number of four outputs to their window within the image. */
const windowCode = `${placeOfFour}
    let line = place / p.outWidth;
    let image = line / p.outHeight;
    let y0 = (line - image * p.outHeight) * p.strideY - p.top;
    let x0 = (place - line * p.outWidth) * p.strideX - p.left;
    let firstY = max(0, y0);
    let lastY = min(p.inHeight, y0 + p.height);
    let firstX = max(0, x0);
    let lastX = min(p.inWidth, x0 + p.width);
    let start = image * p.inHeight * p.inWidth * p.channels + channel;
    let output = place * p.channels + channel;`;

/** From the number of a pixel's four to the outputs whose windows it lies in, each by `body`, which adds to `sums`. */
const gathering = (body: string) => `${placeOfFour}
    let line = place / p.inWidth;
    let x = place - line * p.inWidth + p.left;
    let image = line / p.inHeight;
    let y = line - image * p.inHeight + p.top;
    let firstY = max(0, (y - p.height + p.strideY) / p.strideY);
    let firstX = max(0, (x - p.width + p.strideX) / p.strideX);
    let lastY = min(p.outHeight - 1, y / p.strideY);
    let lastX = min(p.outWidth - 1, x / p.strideX);
    var sums = vec4f();
    for (var outY = firstY; outY <= lastY; outY++) {
      for (var outX = firstX; outX <= lastX; outX++) {
        let output = ((image * p.outHeight + outY) * p.outWidth + outX) * p.channels + channel;
        ${body}
      }
    }
    ${eachOfFour(`let at = place * p.channels + channel + lane;
      if (p.accumulate != 0) { sums[lane] += heap[p.inputGradient + at]; }
      heap[p.inputGradient + at] = sums[lane];`)}`;

const outputCounts = ['batch', 'outHeight', 'outWidth', 'fours'];
const pixelCounts = ['batch', 'inHeight', 'inWidth', 'fours'];
const fourth = { derived: fourParts, derive: foursOf };

const maskCode = `
fn isCounted(row: i32, place: i32) -> bool {
  return p.mask == 0 || heap[p.mask + row * p.places + place] != 0.0;
}
fn counted(row: i32) -> f32 {
  if (p.mask == 0) { return f32(p.places); }
  var count = 0.0;
  for (var place = 0; place < p.places; place++) { count += heap[p.mask + row * p.places + place]; }
  return max(count, 1.0);
}`;

export const poolingShaders = {
  /** `chosen`: the pixel of its image, as a float; −1 where all of the window lies in the padding, whose y is the lowest. */
  maxPool: {
    parameters: ['x', 'y', 'chosen', 'window', 'batch'],
    places: ['x', 'y', 'chosen'],
    writes: ['y', 'chosen'],
    ...fourth,
    passes: [
      each(
        'max pool',
        outputCounts,
        `${windowCode}
    var most = vec4f(lowest);
    var chosen = vec4i(-1);
    if (firstY < lastY && firstX < lastX) {
      chosen = vec4i(firstY * p.inWidth + firstX);
      most = ${fourAt('x', 'start + chosen.x * p.channels')};
    }
    for (var row = firstY; row < lastY; row++) {
      for (var column = firstX; column < lastX; column++) {
        let pixel = row * p.inWidth + column;
        let values = ${fourAt('x', 'start + pixel * p.channels')};
        let isTaken = !(values <= most);
        most = select(most, values, isTaken);
        chosen = select(chosen, vec4i(pixel), isTaken);
      }
    }
    ${eachOfFour('heap[p.y + output + lane] = most[lane]; heap[p.chosen + output + lane] = f32(chosen[lane]);')}`,
        'const lowest = -3.4028234e38;',
      ),
    ],
  },
  maxPoolGradient: {
    parameters: ['gradient', 'chosen', 'inputGradient', 'window', 'batch', 'accumulate'],
    places: ['gradient', 'chosen', 'inputGradient'],
    writes: ['inputGradient'],
    ...fourth,
    passes: [
      each(
        'max pool gradient',
        pixelCounts,
        gathering(
          `let isChosen = ${fourAt('chosen', 'output')} == vec4f(f32(place - image * p.inHeight * p.inWidth));
        sums += select(vec4f(), ${fourAt('gradient', 'output')}, isChosen);`,
        ),
      ),
    ],
  },
  averagePool: {
    parameters: ['x', 'y', 'window', 'batch'],
    places: ['x', 'y'],
    writes: ['y'],
    ...fourth,
    passes: [
      each(
        'average pool',
        outputCounts,
        `${windowCode}
    var sums = vec4f();
    for (var row = firstY; row < lastY; row++) {
      for (var column = firstX; column < lastX; column++) {
        sums += ${fourAt('x', 'start + (row * p.inWidth + column) * p.channels')};
      }
    }
    sums /= f32((lastY - firstY) * (lastX - firstX));
    ${eachOfFour('heap[p.y + output + lane] = sums[lane];')}`,
      ),
    ],
  },
  averagePoolGradient: {
    parameters: ['gradient', 'inputGradient', 'window', 'batch', 'accumulate'],
    places: ['gradient', 'inputGradient'],
    writes: ['inputGradient'],
    ...fourth,
    passes: [
      each(
        'average pool gradient',
        pixelCounts,
        gathering(
          `let y0 = outY * p.strideY - p.top;
        let x0 = outX * p.strideX - p.left;
        let rows = min(p.inHeight, y0 + p.height) - max(0, y0);
        let columns = min(p.inWidth, x0 + p.width) - max(0, x0);
        sums += ${fourAt('gradient', 'output')} / f32(rows * columns);`,
        ),
      ),
    ],
  },
  globalAverage: {
    parameters: ['x', 'mask', 'y', 'batch', 'places', 'columns'],
    places: ['x', 'mask', 'y'],
    passes: [
      each(
        'global average',
        ['batch', 'columns'],
        `let row = i / p.columns;
    let column = i - row * p.columns;
    var sum = 0.0;
    for (var place = 0; place < p.places; place++) {
      if (isCounted(row, place)) { sum += heap[p.x + (row * p.places + place) * p.columns + column]; }
    }
    heap[p.y + i] = sum / counted(row);`,
        maskCode,
      ),
    ],
  },
  globalAverageGradient: {
    parameters: [
      ...['gradient', 'mask', 'inputGradient', 'batch', 'places', 'columns', 'accumulate'],
    ],
    places: ['gradient', 'mask', 'inputGradient'],
    passes: [
      each(
        'global average gradient',
        ['batch', 'places', 'columns'],
        `let line = i / p.columns;
    let row = line / p.places;
    var slope = 0.0;
    if (isCounted(row, line - row * p.places)) {
      slope = heap[p.gradient + row * p.columns + i - line * p.columns] / counted(row);
    }
    if (p.accumulate != 0) { slope += heap[p.inputGradient + i]; }
    heap[p.inputGradient + i] = slope;`,
        maskCode,
      ),
    ],
  },
  /** `chosen`: the place as a float; −1 where none counts. */
  globalMax: {
    parameters: ['x', 'mask', 'y', 'chosen', 'batch', 'places', 'columns'],
    places: ['x', 'mask', 'y', 'chosen'],
    passes: [
      each(
        'global max',
        ['batch', 'columns'],
        `let row = i / p.columns;
    let column = i - row * p.columns;
    var most = 0.0;
    var chosen = -1;
    for (var place = 0; place < p.places; place++) {
      if (!isCounted(row, place)) { continue; }
      let value = heap[p.x + (row * p.places + place) * p.columns + column];
      if (chosen < 0 || !(value <= most)) { most = value; chosen = place; }
    }
    heap[p.y + i] = most;
    heap[p.chosen + i] = f32(chosen);`,
        maskCode,
      ),
    ],
  },
  globalMaxGradient: {
    parameters: [
      ...['gradient', 'chosen', 'inputGradient', 'batch', 'places', 'columns', 'accumulate'],
    ],
    places: ['gradient', 'chosen', 'inputGradient'],
    passes: [
      each(
        'global max gradient',
        ['batch', 'places', 'columns'],
        `let line = i / p.columns;
    let row = line / p.places;
    let from_ = row * p.columns + i - line * p.columns;
    var slope = 0.0;
    if (i32(heap[p.chosen + from_]) == line - row * p.places) { slope = heap[p.gradient + from_]; }
    if (p.accumulate != 0) { slope += heap[p.inputGradient + i]; }
    heap[p.inputGradient + i] = slope;`,
      ),
    ],
  },
} satisfies Shaders;
