import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import { startBackend } from '../../src/training/engine/backend.ts';
import type { Backend } from '../../src/training/run.ts';
import {
  compute,
  difference,
  draw,
  held,
  slopeError,
  type Operation,
} from '../support/compare-backends.ts';

const windows = [
  { size: [3, 3], strides: [1, 1], pad: 'same' },
  { size: [2, 3], strides: [2, 1], pad: 'same' },
  { size: [3, 2], strides: [1, 2], pad: 'valid' },
  { size: [1, 1], strides: [1, 1], pad: 'valid' },
  { size: [3, 3], strides: [2, 2], pad: 1 },
] as const;
const images = [
  [1, 3, 3, 1],
  [3, 7, 5, 3],
  [2, 17, 4, 5],
] as const;

function convolutions(): [string, Operation][] {
  return windows.flatMap(({ size, strides, pad }) =>
    images.flatMap((image): [string, Operation][] => {
      const channels = image[3];
      const name = `${size.join('×')} by ${strides.join('×')} ${pad} of ${image.join('×')}`;
      const sides = [...strides] as [number, number];
      return [
        [
          `conv2d ${name}`,
          {
            shapes: [[...image], [...size, channels, 5]],
            run: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, sides, pad),
          },
        ],
        ...[1, 3].map((filters): [string, Operation] => [
          `depthwise ${name}, ${filters} a channel`,
          {
            shapes: [[...image], [...size, channels, filters]],
            run: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, sides, pad),
          },
        ]),
      ];
    }),
  );
}

/** Of the sums tfjs's own cpu backend has the gradient right where no window is padded. */
function pools(): [string, Operation][] {
  return windows.flatMap(({ size, strides, pad }) =>
    images.flatMap((image): [string, Operation][] => {
      const [sides, steps] = [[...size] as [number, number], [...strides] as [number, number]];
      const name = `${size.join('×')} by ${strides.join('×')} ${pad} of ${image.join('×')}`;
      const shapes = [[...image]];
      const max: [string, Operation] = [
        `maxPool ${name}`,
        { shapes, run: (x) => tf.maxPool(x as tf.Tensor4D, sides, steps, pad) },
      ];
      if (pad !== 'valid') return [max];
      return [
        max,
        [
          `avgPool ${name}`,
          { shapes, run: (x) => tf.avgPool(x as tf.Tensor4D, sides, steps, pad) },
        ],
      ];
    }),
  );
}

function products(): [string, Operation][] {
  const sizes = [1, 3, 17];
  const flags = [false, true];
  const all = sizes.flatMap((m) => sizes.flatMap((n) => sizes.map((k) => [m, n, k] as const)));
  return flags.flatMap((a) =>
    flags.flatMap((b) =>
      all.flatMap(([m, n, k]) =>
        (
          [
            [[], []],
            [[2], [2]],
            [[2], [1]],
            [[1], [2]],
            [
              [2, 3],
              [2, 3],
            ],
          ] as const
        ).map(([outerA, outerB]): [string, Operation] => [
          `matMul [${outerA.join()}] ${m}×${k}${a ? 'ᵀ' : ''} by [${outerB.join()}] ${k}×${n}${b ? 'ᵀ' : ''}`,
          {
            shapes: [
              [...outerA, ...(a ? [k, m] : [m, k])],
              [...outerB, ...(b ? [n, k] : [k, n])],
            ],
            run: (x, y) => tf.matMul(x, y, a, b),
            isDifferentiable: outerA.join() === outerB.join(),
          },
        ]),
      ),
    ),
  );
}

/** Those that the kernels compute themselves, and one that goes to tfjs's own. */
const fusions = (['linear', 'relu', 'elu', 'sigmoid', 'relu6'] as const).flatMap(
  (activation): [string, Operation][] => [
    [
      `matMul, bias and ${activation}`,
      {
        shapes: [[5, 7], [7, 6], [6]],
        run: (a, b, bias) => tf.fused.matMul({ a, b, bias, activation }),
      },
    ],
    [
      `conv2d, bias and ${activation}`,
      {
        shapes: [[2, 5, 6, 3], [3, 2, 3, 7], [7]],
        run: (x, filter, bias) =>
          tf.fused.conv2d({
            ...{ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias, activation },
            ...{ strides: [2, 1], pad: 'same' },
          }),
      },
    ],
  ],
);

/** Filters and channels that fill more than one tile of either kind. */
const wide: [string, Operation][] = [15, 17, 33, 65].map((filters) => [
  `conv2d of ${filters + 1} channels by ${filters} filters`,
  {
    shapes: [
      [2, 6, 7, filters + 1],
      [3, 2, filters + 1, filters],
    ],
    run: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [1, 2], 'same'),
  },
]);

const tokens = [3, 0, 6, 3, 3, 1];
const others: [string, Operation][] = [
  ...[1, 3, 17].map((columns): [string, Operation] => [
    `gather of ${columns}`,
    { shapes: [[7, columns]], run: (table) => tf.gather(table, tf.tensor1d(tokens, 'int32')) },
  ]),
  [
    'a dilated convolution, which goes to XNNPACK',
    {
      shapes: [
        [2, 7, 6, 3],
        [3, 2, 3, 4],
      ],
      run: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same', 'NHWC', [2, 3]),
      isDifferentiable: false,
    },
  ],
  [
    'gather along the second axis',
    { shapes: [[3, 7, 2]], run: (x) => tf.gather(x, tf.tensor1d(tokens, 'int32'), 1) },
  ],
  [
    'a transposed convolution',
    {
      shapes: [
        [2, 3, 4, 3],
        [3, 2, 5, 3],
      ],
      run: (x, w) =>
        tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 6, 8, 5], [2, 2], 'same'),
    },
  ],
];

const backends = ['wasm', 'webgpu'] as const;
const kinds: [string, [string, Operation][]][] = [
  ['convolutions', convolutions()],
  ['pools', pools()],
  ['matrix products', products()],
  ['fused products', fusions],
  ['convolutions of many channels', wide],
  ['the rest', others],
];

test.each(backends.flatMap((backend) => kinds.map((kind) => [backend, ...kind] as const)))(
  'on %s %s of tfjs and their gradients are what they are on cpu',
  async (backend, _kind, operations) => {
    for (const [name, operation] of operations) {
      const expected = await compute('cpu', operation);
      const found = await compute(backend, operation);
      expect(found.shape, name).toEqual(expected.shape);
      expect(difference(found.output, expected.output), name).toBeLessThan(1e-4);
      found.gradients.forEach((gradient, i) => {
        const off = difference(gradient, expected.gradients[i] ?? []);
        expect(off, `${name}: gradient ${i}`).toBeLessThan(1e-4);
      });
    }
  },
);

test.each<[string, Operation]>([
  [
    'an average pool that reaches into the padding',
    {
      shapes: [[2, 5, 4, 3]],
      run: (x) => tf.avgPool(x as tf.Tensor4D, [3, 2], [2, 1], 'same'),
    },
  ],
  [
    'a strided convolution',
    {
      shapes: [
        [2, 5, 4, 3],
        [3, 2, 3, 2],
      ],
      run: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [2, 1], 'same'),
    },
  ],
  [
    'a depthwise convolution of two filters a channel',
    {
      shapes: [
        [2, 5, 4, 3],
        [3, 2, 3, 2],
      ],
      run: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'),
    },
  ],
])('the gradient of %s is its slope', async (_name, operation) => {
  for (const backend of backends)
    expect(await slopeError(backend, operation), backend).toBeLessThan(2e-3);
});

test('what tfjs computes wrongly on wasm is refused there', async () => {
  const images = () => tf.fill<tf.Rank.R4>([1, 3, 3, 1], -1);
  const dilated = () => tf.dilation2d(images(), tf.zeros<tf.Rank.R3>([2, 2, 1]), 1, 'valid');
  await startBackend('cpu');
  expect(tf.tidy(() => Array.from(dilated().dataSync()))).toEqual([-1, -1, -1, -1]);
  await startBackend('wasm');
  expect(() => tf.tidy(dilated)).toThrow("Dilation2D is computed wrongly by tfjs's wasm backend");
  const volumes = (w: tf.Tensor) =>
    tf.conv3d(tf.ones<tf.Rank.R5>([1, 3, 3, 3, 2]), w as tf.Tensor5D, 1, 'same');
  const slopes = () => tf.grad((w: tf.Tensor) => volumes(w))(tf.ones([2, 2, 2, 2, 2]));
  expect(() => tf.tidy(slopes)).toThrow('Conv3DBackpropFilterV2');
});

/** Of tfjs's operations alone, as one would write it: an embedding beside a convolutional net. */
async function train(backend: Backend): Promise<number[]> {
  await startBackend(backend);
  const before = tf.memory().numTensors;
  let seed = 0;
  const weight = (...shape: number[]) =>
    tf.tidy(() =>
      tf.variable(tf.mul(tf.tensor(draw(tf.util.sizeFromShape(shape), ++seed), shape), 0.3)),
    );
  const [table, filter, depthwise, kernel] = [
    weight(9, 4),
    weight(3, 3, 2, 6),
    weight(3, 3, 6, 1),
    weight(58, 3),
  ] as const;
  const images = tf.tensor4d(draw(8 * 12 * 12 * 2, 40), [8, 12, 12, 2]);
  const words = tf.tensor1d([0, 3, 3, 8, 1, 2, 0, 5], 'int32');
  const labels = tf.tidy(() => tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3));
  const optimizer = tf.train.sgd(0.1);
  const lossOf = () => {
    const convolved = tf.relu(tf.conv2d(images, filter as tf.Tensor4D, 1, 'same'));
    const pooled = tf.maxPool(convolved, 2, 2, 'valid');
    const deep = tf.depthwiseConv2d(pooled, depthwise as tf.Tensor4D, 1, 'same');
    const features = tf.reshape(tf.avgPool(deep, 2, 2, 'valid'), [8, -1]);
    const logits = tf.matMul(tf.concat([features, tf.gather(table, words)], 1), kernel);
    return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(labels, logits);
  };
  const losses: number[] = [];
  for (let step = 0; step < 20; step++) {
    const loss = optimizer.minimize(lossOf, true);
    losses.push((await loss?.data())?.[0] ?? NaN);
    loss?.dispose();
  }
  optimizer.dispose();
  tf.dispose([table, filter, depthwise, kernel, images, words, labels]);
  expect(tf.memory().numTensors).toBe(before);
  return losses;
}

test('a model of tfjs operations trains on wasm and WebGPU as it does on cpu', async () => {
  const expected = await train('cpu');
  expect(expected.at(-1)).toBeLessThan(0.5 * (expected[0] ?? 0));
  for (const backend of backends)
    expect(difference(await train(backend), expected), backend).toBeLessThan(1e-4);
});

test('a thousand calls leave neither a tensor nor a byte', async () => {
  await startBackend('wasm');
  const drawn = (...shape: number[]) => tf.tensor(draw(tf.util.sizeFromShape(shape), 1), shape);
  const used = [drawn(2, 9, 9, 3), drawn(3, 3, 3, 4), drawn(3, 3, 4, 2), drawn(7, 8)];
  const step = () => {
    const gradients = tf.grads((x, w, d, t) => {
      const pooled = tf.maxPool(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), 2, 1, 1);
      const wide = tf.depthwiseConv2d(pooled, d as tf.Tensor4D, 1, 'same');
      const averages = tf.avgPool(wide, 2, 2, 'same');
      const rows = tf.gather(t, tf.tensor1d(tokens, 'int32'));
      const product = tf.matMul(rows, rows, false, true);
      return tf.add(tf.sum(averages), tf.sum(product));
    })(used);
    tf.dispose(gradients);
    for (const [, { shapes, run }] of fusions) run(...shapes.map((shape) => tf.ones(shape)));
  };
  for (let i = 0; i < 50; i++) tf.tidy(step);
  const before = held();
  for (let i = 0; i < 1000; i++) tf.tidy(step);
  expect(held()).toEqual(before);
  tf.dispose(used);
});

afterAll(() => startBackend('cpu'));
