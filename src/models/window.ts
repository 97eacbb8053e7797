/** Where a window lies on an image or a sequence: the arithmetic of convolutions and pools, as TensorFlow has it. */
import { StudioError } from '../lib/errors.ts';
import type { Padding } from './spec.ts';

/** A sequence is an image of height 1. */
export interface Window {
  inHeight: number;
  inWidth: number;
  outHeight: number;
  outWidth: number;
  height: number;
  width: number;
  strideY: number;
  strideX: number;
  /** Rows and columns of padding before the first. */
  top: number;
  left: number;
}

interface Options {
  size: number[];
  strides?: number[];
  padding?: Padding;
}

/**
 * @param shape [height, width, channels] or [steps, features]
 * @param usual strides where none are given
 * @throws StudioError `bad-config` for a window that doesn't fit
 */
export function windowOf(
  shape: readonly number[],
  { size, strides, padding = 'valid' }: Options,
  name: string,
  usual: readonly number[] = size.map(() => 1),
): Window {
  const dimensions = shape.length - 1;
  const steps = strides ?? usual;
  if ((dimensions !== 1 && dimensions !== 2) || size.length !== dimensions)
    throw new StudioError(
      'bad-config',
      `${name}: a window of ${size.join(' × ')} doesn't fit an input of shape ${shape.join(' × ')}`,
    );
  if (steps.length !== dimensions)
    throw new StudioError(
      'bad-config',
      `${name}: ${steps.length} strides for a window of ${size.join(' × ')}`,
    );
  const along = (dimension: number) => {
    const at = dimension - (2 - dimensions);
    const input = at < 0 ? 1 : (shape[at] ?? 1);
    const extent = at < 0 ? 1 : (size[at] ?? 1);
    const stride = at < 0 ? 1 : (steps[at] ?? 1);
    const output =
      padding === 'same' ? Math.ceil(input / stride) : Math.floor((input - extent) / stride) + 1;
    if (output < 1)
      throw new StudioError(
        'bad-config',
        `${name}: a window of ${extent} is larger than its input of ${input}`,
      );
    const padded = padding === 'same' ? Math.max(0, (output - 1) * stride + extent - input) : 0;
    return { input, extent, stride, output, before: Math.floor(padded / 2) };
  };
  const [y, x] = [along(0), along(1)];
  return {
    inHeight: y.input,
    inWidth: x.input,
    outHeight: y.output,
    outWidth: x.output,
    height: y.extent,
    width: x.extent,
    strideY: y.stride,
    strideX: x.stride,
    top: y.before,
    left: x.before,
  };
}

/** The window of a transposed convolution: that of the convolution whose gradient it is, from output to input. */
export function transposedWindowOf(
  shape: readonly number[],
  options: Options,
  name: string,
): Window {
  const { size, padding = 'valid' } = options;
  const strides: number[] = options.strides ?? size.map(() => 1);
  const larger = shape.slice(0, -1).map((length, i) => {
    const [extent, stride] = [size[i] ?? 1, strides[i] ?? 1];
    return padding === 'same' ? length * stride : (length - 1) * stride + extent;
  });
  return windowOf([...larger, 1], options, name);
}
