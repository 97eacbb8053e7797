/** Between two breaks of a step there is never so much work that a run couldn't be held within 200 ms. */
import { beforeAll, expect, test } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { sizeOf } from '../../src/lib/shape.ts';
import { buildNetwork } from '../../src/models/engine/network.ts';
import type { LayerSpec, NetworkSpec } from '../../src/models/spec.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import type { TrainingRows } from '../../src/training/engine/batches.ts';
import { createPlannedSteps } from '../../src/training/engine/kernels/planned-steps.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';

/** Of the processor, between two breaks: pieces take some 20 ms; as layers they took 250. */
const mostMs = 80;

beforeAll(() => startBackend('cpu'));

const random = new Random(5);

function rowsOf(count: number, width: number): TrainingRows {
  return {
    features: Float32Array.from({ length: count * width }, () => random.uniform() - 0.5),
    width,
    targets: {
      type: 'classes',
      classes: 10,
      values: Int32Array.from({ length: count }, (_, i) => i % 10),
    },
    weights: null,
  };
}

const dense = (units: number): LayerSpec => ({ type: 'dense', units, activation: 'relu' });
const convolution = (filters: number): LayerSpec => ({
  ...{ type: 'convolution', filters, size: [3, 3], padding: 'same', activation: 'relu' },
});
const answer: LayerSpec = { type: 'dense', units: 10, activation: 'linear' };
const pool: LayerSpec = { type: 'max-pooling', size: [2, 2] };

const large: { name: string; spec: NetworkSpec; batch: number }[] = [
  {
    name: 'an MLP of 4.9 million parameters',
    spec: { inputShape: [784], layers: [dense(1536), dense(1536), dense(840), answer] },
    batch: 512,
  },
  {
    name: 'a CNN',
    spec: {
      inputShape: [32, 32, 3],
      layers: [
        convolution(32),
        convolution(32),
        { type: 'depthwise-convolution', size: [3, 3], padding: 'same', activation: 'silu' },
        pool,
        convolution(64),
        { type: 'global-average-pooling' },
        answer,
      ],
    },
    batch: 96,
  },
  {
    name: 'an LSTM',
    spec: { inputShape: [32, 16], layers: [{ type: 'lstm', units: 128 }, answer] },
    batch: 256,
  },
];

test.each(large)('$name: pieces are short, and do what the step does', async ({ spec, batch }) => {
  const width = sizeOf(spec.inputShape);
  const train = rowsOf(batch, width);
  const rows = Uint32Array.from({ length: batch }, (_, i) => i);
  const config = { ...defaultConfig(mlp, 'y'), batchSize: batch };
  const network = buildNetwork(spec, 3);
  const open = async () => {
    const runner = createPlannedSteps({ network, backend: 'cpu', config, l2: 0.1, train });
    if (!runner) throw new Error('it is not planned');
    await runner.loadWeights();
    return runner;
  };
  const [whole, parted] = [await open(), await open()];
  let longestMs = 0;
  for (let step = 0; step < 2; step++) {
    whole.step(rows, 1e-3, new Random(step));
    longestMs = 0; // of the last step: the first one is compiled meanwhile
    let before = process.cpuUsage();
    const parts = parted.stepInParts?.(rows, 1e-3, new Random(step));
    if (!parts) throw new Error('it has no parts');
    let isDone = false;
    while (!isDone) {
      isDone = parts.next().done === true;
      const { user, system } = process.cpuUsage(before);
      longestMs = Math.max(longestMs, (user + system) / 1000);
      before = process.cpuUsage();
    }
  }
  expect(longestMs).toBeLessThan(mostMs);
  expect(await parted.readLosses()).toEqual(await whole.readLosses());
  const [found, expected] = [await parted.readWeights(), await whole.readWeights()];
  expect(found.every((values, i) => isSame(values, expected[i]))).toBe(true);
  network.dispose();
});

function isSame(a: Float32Array, b: Float32Array | undefined): boolean {
  const bytes = (x: Float32Array) => Buffer.from(x.buffer, x.byteOffset, x.byteLength);
  return b !== undefined && bytes(a).equals(bytes(b));
}
