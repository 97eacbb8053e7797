/** Shapes at the edge of what tfjs allows: on wasm and WebGPU they give what they give on cpu, with their gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import { startBackend } from '../../src/training/engine/backend.ts';
import type { Backend } from '../../src/training/run.ts';
import { compute, difference, draw, type Operation } from '../support/compare-backends.ts';

type Shape4D = [number, number, number, number];
type Pad = Parameters<typeof tf.conv2d>[3];
const backends = ['wasm', 'webgpu'] as const;
interface Window {
  image: number[];
  size: [number, number];
  strides: number;
  pad: Pad;
}

/** Padding of a window and more, on one side or both; outputs without rows or columns. */
const windows: Window[] = [
  { image: [1, 2, 2, 1], size: [3, 3], strides: 2, pad: 'same' },
  { image: [1, 2, 2, 1], size: [1, 1], strides: 1, pad: 1 },
  { image: [2, 3, 2, 5], size: [3, 1], strides: 1, pad: 1 },
  { image: [1, 2, 2, 1], size: [2, 2], strides: 1, pad: 3 },
  { image: [1, 1, 1, 3], size: [2, 1], strides: 4, pad: 3 },
  {
    ...{ image: [1, 4, 3, 2], size: [2, 2], strides: 1 },
    pad: [
      [0, 0],
      [3, 0],
      [0, 4],
      [0, 0],
    ],
  },
  { image: [1, 3, 0, 2], size: [2, 2], strides: 1, pad: 'same' },
  { image: [1, 0, 3, 2], size: [2, 2], strides: 1, pad: 'same' },
  { image: [1, 3, 1, 2], size: [2, 2], strides: 1, pad: 'valid' },
  { image: [1, 1, 3, 2], size: [2, 2], strides: 1, pad: 'valid' },
];
const nameOf = ({ image, size, strides, pad }: Window) =>
  `${size.join('×')} by ${strides}, ${JSON.stringify(pad)}, of ${image.join('×')}`;

/** tfjs's sums fail on WebGPU where there is nothing to sum, and with them its way to gradients. */
function isOfNothing({ shapes }: Operation, { output }: { output: Float32Array }): boolean {
  return output.length === 0 || shapes.some((shape) => shape.includes(0));
}
const asIs = (operation: Operation): Operation => ({ ...operation, isDifferentiable: false });

async function expectAlike(name: string, operation: Operation) {
  const expected = await compute('cpu', operation);
  for (const backend of backends) {
    const hasGradients = backend === 'wasm' || !isOfNothing(operation, expected);
    const found = await compute(backend, hasGradients ? operation : asIs(operation));
    const place = `${name} on ${backend}`;
    expect(found.shape, place).toEqual(expected.shape);
    expect(difference(found.output, expected.output), place).toBeLessThan(1e-5);
    if (hasGradients) expect(found.gradients.length, place).toBe(expected.gradients.length);
    found.gradients.forEach((gradient, i) => {
      const off = difference(gradient, expected.gradients[i] ?? []);
      expect(off, `${place}: gradient ${i}`).toBeLessThan(1e-5);
    });
  }
}

test('convolutions', async () => {
  for (const window of windows) {
    const { image, size, strides, pad } = window;
    await expectAlike(`conv2d ${nameOf(window)}`, {
      shapes: [image, [...size, image[3] ?? 1, 3]],
      run: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad),
    });
  }
});

/** What of a max pool lies in the padding: −∞, or the lowest number where shaders know no infinity. */
const isNumber = (x: number) => Number.isFinite(x) && x > -3.4e38;

/** tfjs's own ways there aren't ours: on wasm they give up on some of these, or read the nearest pixel for padding. */
async function expectSame(
  name: string,
  inputs: Record<string, number[]>,
  kernel: string,
  attributes: object,
) {
  const computed = async (backend: Backend) => {
    await startBackend(backend);
    const output = tf.tidy(() => {
      const given = Object.entries(inputs).map(([key, shape], i) => {
        return [key, tf.tensor(draw(tf.util.sizeFromShape(shape), i + 1), shape)] as const;
      });
      const run = () => tf.engine().runKernel(kernel, Object.fromEntries(given), { ...attributes });
      return run() as tf.Tensor; // it has one
    });
    const values = Float32Array.from(await output.data());
    output.dispose();
    return values;
  };
  const expected = await computed('cpu');
  for (const backend of backends) {
    const own = await computed(backend);
    const place = `${kernel}, ${name} on ${backend}`;
    expect(Array.from(own, isNumber), place).toEqual(Array.from(expected, isNumber));
    const off = difference(own.filter(isNumber), expected.filter(isNumber));
    expect(off, place).toBeLessThan(1e-5);
  }
}

test('depthwise convolutions', async () => {
  for (const window of windows)
    for (const filters of [1, 2]) {
      const { image, size, strides, pad } = window;
      await expectSame(
        `${filters} a channel, ${nameOf(window)}`,
        { x: image, filter: [...size, image[3] ?? 1, filters] },
        'DepthwiseConv2dNative',
        {
          ...{ strides: [strides, strides], pad, dilations: [1, 1] },
          ...{ dataFormat: 'NHWC', dimRoundingMode: 'floor' },
        },
      );
    }
});

test('max pools', async () => {
  for (const window of windows) {
    const { image, size, strides, pad } = window;
    const attributes = { filterSize: size, strides: [strides, strides], pad };
    await expectSame(nameOf(window), { x: image }, 'MaxPool', attributes);
  }
});

test('gradients of depthwise convolutions', async () => {
  for (const window of windows)
    for (const filters of [1, 2]) {
      const { image, size, strides, pad } = window;
      const filter = [...size, image[3] ?? 1, filters];
      const { outShape: dy } = tf.backend_util.computeConv2DInfo(
        ...([image as Shape4D, filter as Shape4D, strides, 1, pad, 'floor', true] as const),
      );
      const common = { strides: [strides, strides], pad, dilations: [1, 1] };
      const name = `${filters} a channel, ${nameOf(window)}`;
      await expectSame(
        ...([name, { x: image, dy }, 'DepthwiseConv2dNativeBackpropFilter'] as const),
        { ...common, filterShape: filter },
      );
      await expectSame(...([name, { dy, filter }, 'DepthwiseConv2dNativeBackpropInput'] as const), {
        ...common,
        inputShape: image,
      });
    }
});

test('gradients of max pools', async () => {
  for (const window of windows) {
    const { image, size, strides, pad } = window;
    const { outShape: dy } = tf.backend_util.computePool2DInfo(
      ...([image as Shape4D, size, strides, 1, pad] as const),
    );
    const attributes = { filterSize: size, strides: [strides, strides], pad };
    const inputs = { dy, input: image };
    await expectSame(nameOf(window), inputs, 'MaxPoolGrad', attributes);
  }
});

/** Ranks that differ, where one has a single matrix; matrices without rows, columns or numbers to sum. */
const products: [a: number[], b: number[]][] = [
  [
    [2, 1, 2],
    [1, 1, 2, 1],
  ],
  [
    [1, 1, 2, 3],
    [4, 3, 5],
  ],
  [
    [2, 3],
    [1, 1, 3, 4],
  ],
  [
    [2, 3, 1, 2],
    [1, 2, 5],
  ],
  [
    [2, 3, 0],
    [0, 4],
  ],
  [
    [0, 3],
    [3, 4],
  ],
];

test('matrix products', async () => {
  for (const [a, b] of products)
    await expectAlike(`[${a.join()}] by [${b.join()}]`, {
      shapes: [a, b],
      run: (x, y) => tf.matMul(x, y),
      isDifferentiable: false, // of different ranks tfjs finds none
    });
});

test('a product of no matrices is of their common shape', async () => {
  await startBackend('wasm'); // cpu gives a number for none
  const shapeOf = (a: number[], b: number[]) =>
    tf.tidy(() => {
      const product = tf.matMul(tf.zeros(a), tf.zeros(b));
      expect(product.dataSync().length).toBe(0);
      return product.shape;
    });
  expect(shapeOf([1, 2, 3], [0, 3, 2])).toEqual([0, 2, 2]);
  expect(shapeOf([0, 2, 3], [1, 1, 3, 2])).toEqual([1, 0, 2, 2]);
});

const empty: [string, Operation][] = [
  [
    'convolution of no image',
    {
      shapes: [
        [0, 3, 4, 2],
        [2, 2, 2, 3],
      ],
      run: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
    },
  ],
  [
    'depthwise convolution of no image',
    {
      shapes: [
        [0, 3, 4, 2],
        [2, 2, 2, 1],
      ],
      run: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
    },
  ],
  [
    'pool of no image',
    { shapes: [[0, 4, 4, 2]], run: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid') },
  ],
  [
    'product of no row',
    {
      shapes: [
        [0, 3],
        [3, 2],
      ],
      run: (a, b) => tf.matMul(a, b),
    },
  ],
  [
    'product over nothing',
    {
      shapes: [
        [2, 0],
        [0, 3],
      ],
      run: (a, b) => tf.matMul(a, b),
    },
  ],
  ['gather of nothing', { shapes: [[4, 3]], run: (x) => tf.gather(x, tf.tensor1d([], 'int32')) }],
];

test.each(empty)('%s', expectAlike);

afterAll(() => startBackend('cpu'));
