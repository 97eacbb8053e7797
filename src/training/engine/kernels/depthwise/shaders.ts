/** Convolutions of each channel by a kernel of its own, on WebGPU. */
import { endingCode } from '../activation/ending.ts';
import { each, type Arguments, type Shaders } from '../webgpu/shader.ts';

/** A workgroup sums the kernel's gradient at one place, for so many channels, so many outputs at a time. */
const [perGroup, lanes] = [8, 32];

export const depthwiseShaders = {
  depthwise: {
    parameters: ['x', 'kernel', 'y', 'window', 'batch'],
    places: ['x', 'kernel', 'y'],
    writes: ['y'],
    derived: ['m', 'n', 'c', 'rowsC', 'accumulate'],
    derive({ y = 0, batch = 0, outHeight = 0, outWidth = 0, channels = 0 }) {
      const m = batch * outHeight * outWidth;
      return { m, n: channels, c: y, rowsC: channels, accumulate: 0 };
    },
    hasEnding: true,
    passes: [
      each(
        'depthwise',
        ['m', 'n'],
        `let row = i / p.channels;
    let channel = i - row * p.channels;
    let line = row / p.outWidth;
    let image = line / p.outHeight;
    let y0 = (line - image * p.outHeight) * p.strideY - p.top;
    let x0 = (row - line * p.outWidth) * p.strideX - p.left;
    var sum = 0.0;
    for (var ky = max(0, -y0); ky < min(p.height, p.inHeight - y0); ky++) {
      for (var kx = max(0, -x0); kx < min(p.width, p.inWidth - x0); kx++) {
        let pixel = (image * p.inHeight + y0 + ky) * p.inWidth + x0 + kx;
        sum += heap[p.x + pixel * p.channels + channel]
          * heap[p.kernel + (ky * p.width + kx) * p.channels + channel];
      }
    }
    finish(row, channel, sum);`,
        endingCode,
      ),
    ],
  },
  depthwiseInputGradient: {
    parameters: ['gradient', 'kernel', 'inputGradient', 'window', 'batch', 'accumulate'],
    places: ['gradient', 'kernel', 'inputGradient'],
    writes: ['inputGradient'],
    passes: [
      each(
        'depthwise, input gradient',
        ['batch', 'inHeight', 'inWidth', 'channels'],
        `let row = i / p.channels;
    let channel = i - row * p.channels;
    let line = row / p.inWidth;
    let x = row - line * p.inWidth + p.left;
    let image = line / p.inHeight;
    let y = line - image * p.inHeight + p.top;
    var sum = 0.0;
    for (var ky = 0; ky < p.height; ky++) {
      let outY = (y - ky) / p.strideY;
      if (y < ky || outY * p.strideY != y - ky || outY >= p.outHeight) { continue; }
      for (var kx = 0; kx < p.width; kx++) {
        let outX = (x - kx) / p.strideX;
        if (x < kx || outX * p.strideX != x - kx || outX >= p.outWidth) { continue; }
        let output = (image * p.outHeight + outY) * p.outWidth + outX;
        sum += heap[p.gradient + output * p.channels + channel]
          * heap[p.kernel + (ky * p.width + kx) * p.channels + channel];
      }
    }
    if (p.accumulate != 0) { sum += heap[p.inputGradient + i]; }
    heap[p.inputGradient + i] = sum;`,
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
@compute @workgroup_size(${perGroup}, ${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
  let channel = i32(group.x) * ${perGroup} + i32(id.x);
  let place = i32(group.y);
  let ky = place / p.width;
  let kx = place - ky * p.width;
  let count = p.batch * p.outHeight * p.outWidth;
  var sum = 0.0;
  if (channel < p.channels) {
    for (var output = i32(id.y); output < count; output += ${lanes}) {
      let line = output / p.outWidth;
      let image = line / p.outHeight;
      let y = (line - image * p.outHeight) * p.strideY - p.top + ky;
      let x = (output - line * p.outWidth) * p.strideX - p.left + kx;
      if (y < 0 || y >= p.inHeight || x < 0 || x >= p.inWidth) { continue; }
      sum += heap[p.x + ((image * p.inHeight + y) * p.inWidth + x) * p.channels + channel]
        * heap[p.gradient + output * p.channels + channel];
    }
  }
  sum = total(sum, id.y * ${perGroup} + id.x);
  if (id.y != 0 || channel >= p.channels) { return; }
  heap[p.kernelGradient + place * p.channels + channel] = sum;
}
`,
        reduction: { lanes, columns: perGroup, of: 'f32' },
        workgroups: ({ channels = 0, height = 0, width = 0 }: Arguments) => [
          Math.ceil(channels / perGroup),
          height * width,
        ],
      },
    ],
  },
} satisfies Shaders;
