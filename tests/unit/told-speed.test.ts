import { expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import { Control } from '../../src/training/engine/control.ts';
import { fitModel } from '../../src/training/engine/fit.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { RunEvent } from '../../src/training/run.ts';

vi.mock('../../src/training/engine/backend.ts', () => import('../support/all-on-cpu.ts'));

test('the speed that is told is of the rows that were there: short batches count as what they are', async () => {
  const random = new Random(1);
  const rows = 33;
  const features = Float32Array.from({ length: rows }, () => random.normal());
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 250)); // told after each step
  const told: Extract<RunEvent, { type: 'progress' }>[] = [];
  await fitModel({
    config: {
      ...defaultConfig(mlp, 'y'),
      ...{ backend: 'wasm', batchSize: 32, epochs: 20, earlyStopping: null, layers: [] },
    },
    train: {
      ...{ features, width: 1, weights: null },
      targets: { type: 'numbers', divisor: 1, values: Float64Array.from(features) },
    },
    ...{ validation: null, control: new Control(), checkpoint: null, checkpointEveryMs: 1e9 },
    emit: (event) => {
      if (event.type === 'progress') told.push(event);
    },
    saveCheckpoint: () => Promise.resolve(undefined),
  });
  clock.mockRestore();
  expect(told).toHaveLength(40); // a batch of 32 and one of 1 an epoch
  for (const { epoch, step, examplesPerSecond, secondsLeft } of told) {
    const steps = 2 * (epoch - 1) + step;
    const stepsPerSecond = (40 - steps) / secondsLeft;
    if (step === 2 && epoch < 20) expect(examplesPerSecond / stepsPerSecond).toBeCloseTo(33 / 2, 6);
  }
});
