import { afterEach, expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import type { TrainingRows } from '../../src/training/engine/batches.ts';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  loopStateIn,
} from '../../src/training/engine/checkpoint.ts';
import { Control } from '../../src/training/engine/control.ts';
import { fitModel } from '../../src/training/engine/fit.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { NetworkConfig, RunEvent } from '../../src/training/run.ts';

vi.mock('../../src/training/engine/backend.ts', () => import('../support/all-on-cpu.ts'));
afterEach(() => vi.restoreAllMocks());

function dataOf(rows: number, seed: number): TrainingRows {
  const random = new Random(seed);
  const features = Float32Array.from({ length: rows * 6 }, () => random.normal());
  return {
    features,
    width: 6,
    targets: {
      type: 'classes',
      classes: 3,
      values: Int32Array.from({ length: rows }, (_, i) => ((features[6 * i] ?? 0) > 0 ? 2 : i % 2)),
    },
    weights: null,
  };
}

const train = dataOf(150, 3);
const validation = dataOf(40, 4);

/** All that a run is made of, its checkpoints after each step included. */
async function run(changes: Partial<NetworkConfig>, checkpoint: ArrayBuffer | null) {
  const events: RunEvent[] = [];
  const checkpoints: ArrayBuffer[] = [];
  const { weights, outcome, bestEpoch } = await fitModel({
    config: {
      ...defaultConfig(mlp, 'y'),
      layers: [
        { type: 'dense', units: 64, activation: 'relu' },
        { type: 'batch-norm' },
        { type: 'dropout', rate: 0.3 },
        { type: 'dense', units: 16, activation: 'tanh' },
      ],
      ...{ solver: 'gradient-descent', epochs: 12, batchSize: 32, learningRate: 0.02, l1: 1e-4 },
      ...{ schedule: { type: 'reduce-on-plateau', patience: 1, factor: 0.5 } },
      ...{ earlyStopping: { patience: 3, minDelta: 0 } },
      ...changes,
    },
    ...{ train, validation, checkpoint },
    control: new Control(),
    emit: (event) => events.push(event),
    saveCheckpoint: (bytes) => Promise.resolve(void checkpoints.push(bytes)),
    checkpointEveryMs: 0,
  });
  const curve = events.flatMap((event) =>
    event.type === 'epoch'
      ? [{ epoch: event.epoch, loss: event.validation?.['loss'], rate: event.learningRate }]
      : [],
  );
  const notices = events.filter(({ type }) => type === 'notice');
  return { weights: weights.bytes, outcome, bestEpoch, curve, checkpoints, notices };
}

test.each([
  { name: 'cpu', config: { backend: 'cpu' }, isTight: false },
  { name: 'wasm', config: { backend: 'wasm' }, isTight: false },
  {
    name: 'wasm, batches in parts',
    config: { backend: 'wasm', batchSize: 96, schedule: { type: 'cosine', warmupEpochs: 2 } },
    isTight: true,
  },
  {
    name: 'wasm, batches that leave a row over',
    config: { backend: 'wasm', batchSize: 149 },
    isTight: false,
  },
  {
    name: 'wasm, a scaled loss',
    config: { backend: 'wasm', lossScaling: 'dynamic' },
    isTight: false,
  },
  {
    name: 'wasm, SGD with momentum',
    config: { backend: 'wasm', optimizer: { type: 'sgd', momentum: 0.9, nesterov: true } },
    isTight: false,
  },
] satisfies { name: string; config: Partial<NetworkConfig>; isTight: boolean }[])(
  '$name: killed at any step, again and again, a run comes to the same end, bit for bit',
  async ({ name, config, isTight }) => {
    if (isTight) {
      // The kernels' memory ends where half a batch fits and a whole one doesn't.
      const original = Object.getOwnPropertyDescriptor(WebAssembly.Memory.prototype, 'grow')
        ?.value as (this: WebAssembly.Memory, pages: number) => number; // as specified
      vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(function (
        this: WebAssembly.Memory,
        more,
      ) {
        if (this.buffer.byteLength / 65_536 + more > 3) throw new RangeError('no memory to grow');
        return original.call(this, more);
      });
    }
    const whole = await run(config, null);
    expect(whole.notices.length > 0, name).toBe(isTight);
    const random = new Random(name.length, 'kills');
    for (let life = 0; life < 4; life++) {
      let { checkpoints } = whole;
      let last = whole;
      for (let kill = 0; kill < 3 && checkpoints.length > 0; kill++) {
        const at = checkpoints[random.integer(checkpoints.length)] ?? null;
        last = await run(config, at);
        ({ checkpoints } = last);
        expect(last.curve).toEqual(whole.curve.slice(-last.curve.length || whole.curve.length));
      }
      expect(last.weights).toEqual(whole.weights);
      expect([last.outcome, last.bestEpoch]).toEqual([whole.outcome, whole.bestEpoch]);
    }
  },
);

test('a loss times a power of two gives the same run, to the last bit, and checkpoints keep the factor', async () => {
  const plain = await run({ backend: 'wasm' }, null);
  const scaled = await run({ backend: 'wasm', lossScaling: 'dynamic' }, null);
  expect(scaled.weights).toEqual(plain.weights);
  expect(scaled.curve).toEqual(plain.curve);
  const steps = scaled.checkpoints.map((bytes) => loopStateIn(bytes).lossScale);
  expect(steps.at(0)).toEqual({ value: 2 ** 16, quiet: 0 });
  expect(steps.at(-1)?.quiet).toBeGreaterThan(10);
  expect(plain.checkpoints.map((bytes) => loopStateIn(bytes).lossScale).at(-1)).toBeUndefined();
});

test('a factor that is too large is halved until no gradient overflows, and the run goes on', async () => {
  const { checkpoints } = await run({ backend: 'wasm', lossScaling: 'dynamic' }, null);
  const [first] = checkpoints;
  if (!first) throw new Error('no checkpoint');
  const checkpoint = decodeCheckpoint(first);
  const state = { ...checkpoint.state, lossScale: { value: 2 ** 134, quiet: 0 } };
  const bytes = encodeCheckpoint({ ...checkpoint, state, weights: [checkpoint.weights] });
  const { outcome, checkpoints: later } = await run(
    { backend: 'wasm', lossScaling: 'dynamic' },
    bytes,
  );
  expect(outcome).not.toBe('diverged');
  const last = loopStateIn(later.at(-1) ?? new ArrayBuffer(0));
  expect(last.lossScale?.value).toBeLessThan(2 ** 130);
  expect(last.optimizerSteps).toBeLessThan(5 * last.epoch + last.step); // of 150 rows in batches of 32
});
