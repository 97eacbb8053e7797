/** Convolutions of each channel by a kernel of its own, on WebGPU. */
import { endingCode } from '../activation/ending.ts';
import { eachOfFour, fourAt, fourParts, foursOf, placeOfFour } from '../webgpu/fours.ts';
import { each, readsImages, type Arguments, type Shaders } from '../webgpu/shader.ts';

/** A workgroup sums the kernel's gradient at one place, for so many channels, so many rows of outputs at a time. */
const [perGroup, depth] = [8, 32];

export const depthwiseShaders = {
  depthwise: {
    parameters: ['x', 'kernel', 'y', 'window', 'batch'],
    places: ['x', 'kernel', 'y'],
    writes: ['y'],
    derived: ['m', 'n', 'c', 'rowsC', 'accumulate', ...fourParts],
    derive(p) {
      const { y = 0, batch = 0, outHeight = 0, outWidth = 0, channels = 0 } = p;
      const m = batch * outHeight * outWidth;
      return { m, n: channels, c: y, rowsC: channels, accumulate: 0, ...foursOf(p) };
    },
    hasEnding: true,
    reads: readsImages,
    passes: [
      each(
        'depthwise',
        ['m', 'fours'],
        `${placeOfFour}
    let line = place / p.outWidth;
    let image = line / p.outHeight;
    let y0 = (line - image * p.outHeight) * p.strideY - p.top;
    let x0 = (place - line * p.outWidth) * p.strideX - p.left;
    let lastY = min(p.height, p.inHeight - y0);
    let lastX = min(p.width, p.inWidth - x0);
    var sums = vec4f();
    for (var ky = max(0, -y0); ky < lastY; ky++) {
      for (var kx = max(0, -x0); kx < lastX; kx++) {
        let pixel = ((image * p.inHeight + y0 + ky) * p.inWidth + x0 + kx) * p.channels + channel;
        let element = (ky * p.width + kx) * p.channels + channel;
        sums += ${fourAt('x', 'pixel')} * ${fourAt('kernel', 'element')};
      }
    }
    ${eachOfFour('finish(place, channel + lane, sums[lane]);')}`,
        endingCode,
      ),
    ],
  },
  depthwiseInputGradient: {
    parameters: ['gradient', 'kernel', 'inputGradient', 'window', 'batch', 'accumulate'],
    places: ['gradient', 'kernel', 'inputGradient'],
    writes: ['inputGradient'],
    derived: fourParts,
    derive: foursOf,
    passes: [
      each(
        'depthwise, input gradient',
        ['batch', 'inHeight', 'inWidth', 'fours'],
        `${placeOfFour}
    let line = place / p.inWidth;
    let x = place - line * p.inWidth + p.left;
    let image = line / p.inHeight;
    let y = line - image * p.inHeight + p.top;
    var sums = vec4f();
    for (var ky = 0; ky < p.height; ky++) {
      let outY = (y - ky) / p.strideY;
      if (y < ky || outY * p.strideY != y - ky || outY >= p.outHeight) { continue; }
      for (var kx = 0; kx < p.width; kx++) {
        let outX = (x - kx) / p.strideX;
        if (x < kx || outX * p.strideX != x - kx || outX >= p.outWidth) { continue; }
        let output = ((image * p.outHeight + outY) * p.outWidth + outX) * p.channels + channel;
        let element = (ky * p.width + kx) * p.channels + channel;
        sums += ${fourAt('gradient', 'output')} * ${fourAt('kernel', 'element')};
      }
    }
    ${eachOfFour(`let at = place * p.channels + channel + lane;
      if (p.accumulate != 0) { sums[lane] += heap[p.inputGradient + at]; }
      heap[p.inputGradient + at] = sums[lane];`)}`,
      ),
    ],
  },
  depthwiseKernelGradient: {
    parameters: ['x', 'gradient', 'kernelGradient', 'window', 'batch'],
    places: ['x', 'gradient', 'kernelGradient'],
    writes: ['kernelGradient'],
    passes: [
      {
        name: 'depthwise, kernel gradient',
        code: `
@compute @workgroup_size(${perGroup}, ${depth})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
  let channel = i32(group.x) * ${perGroup} + i32(id.x);
  let place = i32(group.y);
  let ky = place / p.width;
  let kx = place - ky * p.width;
  var sum = 0.0;
  if (channel < p.channels) {
    for (var line = i32(id.y); line < p.batch * p.outHeight; line += ${depth}) {
      let image = line / p.outHeight;
      let y = (line - image * p.outHeight) * p.strideY - p.top + ky;
      if (y < 0 || y >= p.inHeight) { continue; }
      let start = (image * p.inHeight + y) * p.inWidth;
      for (var outX = 0; outX < p.outWidth; outX++) {
        let x = outX * p.strideX - p.left + kx;
        if (x < 0 || x >= p.inWidth) { continue; }
        sum += heap[p.x + (start + x) * p.channels + channel]
          * heap[p.gradient + (line * p.outWidth + outX) * p.channels + channel];
      }
    }
  }
  sum = total(sum, id.y * ${perGroup} + id.x);
  if (id.y != 0 || channel >= p.channels) { return; }
  heap[p.kernelGradient + place * p.channels + channel] = sum;
}
`,
        reduction: { lanes: depth, columns: perGroup, of: 'f32' },
        workgroups: ({ channels = 0, height = 0, width = 0 }: Arguments) => [
          Math.ceil(channels / perGroup),
          height * width,
        ],
      },
    ],
  },
} satisfies Shaders;
