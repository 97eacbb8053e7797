/** Batches of one row, which batch norm can do nothing with. */
import { expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import type { NetworkSpec } from '../../src/models/spec.ts';
import { decodeCheckpoint } from '../../src/training/engine/checkpoint.ts';
import { Control } from '../../src/training/engine/control.ts';
import { fitModel } from '../../src/training/engine/fit.ts';
import { stepsOfEpoch } from '../../src/training/engine/steps.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { Backend } from '../../src/training/run.ts';

vi.mock('../../src/training/engine/backend.ts', () => import('../support/all-on-cpu.ts'));

/** Of standardised features, learning next to nothing: what moves is batch norm's variance. @returns its mean */
async function movingVariance(backend: Backend, rows: number, batchSize: number) {
  const random = new Random(3);
  const raw = Float64Array.from({ length: rows }, () => random.normal());
  const mean = raw.reduce((sum, value) => sum + value / rows, 0);
  const variance = raw.reduce((sum, value) => sum + (value - mean) ** 2 / rows, 0);
  const features = Float32Array.from(raw, (value) => (value - mean) / Math.sqrt(variance));
  const variances: number[] = [];
  await fitModel({
    config: {
      ...defaultConfig(mlp, 'y'),
      ...{ backend, batchSize, learningRate: 1e-12, epochs: 60, earlyStopping: null },
      layers: [{ type: 'batch-norm' }],
    },
    train: {
      ...{ features, width: 1, weights: null },
      targets: { type: 'classes', classes: 2, values: Int32Array.from(raw, (v) => Number(v > 0)) },
    },
    ...{ validation: null, control: new Control(), checkpoint: null },
    emit: () => undefined,
    checkpointEveryMs: 0,
    saveCheckpoint(bytes) {
      const { state, weights } = decodeCheckpoint(bytes);
      if (state.epoch >= 20) variances.push(weights[3] ?? NaN); // after gamma, beta and the mean
      return Promise.resolve(undefined);
    },
  });
  return variances.reduce((sum, value) => sum + value / variances.length, 0);
}

test.each(['cpu', 'wasm'] as const)(
  '%s: a row that is left over at the end of an epoch does not spoil the moving averages',
  async (backend) => {
    // Without correction, as a batch has it: (n - 1) / n of the variance.
    expect(await movingVariance(backend, 161, 32)).toBeCloseTo(31 / 32, 1);
    expect(await movingVariance(backend, 161, 2)).toBeCloseTo(1 / 2, 1);
    await expect(movingVariance(backend, 161, 1)).rejects.toMatchObject({
      code: 'bad-config',
      message:
        'setting "batchSize": 1 row has no variance that batch norm could divide by; it needs 2 at least',
    });
  },
);

test('no row is left out where there is no batch norm, or a position for each row to be one more', () => {
  const spec = (layers: NetworkSpec['layers'], inputShape = [4]): NetworkSpec => ({
    inputShape,
    layers,
  });
  const norm = { type: 'batch-norm' } as const;
  expect(stepsOfEpoch(spec([norm]), 161, 32)).toBe(5);
  expect(stepsOfEpoch(spec([norm]), 162, 32)).toBe(6);
  expect(stepsOfEpoch(spec([norm]), 160, 32)).toBe(5);
  expect(stepsOfEpoch(spec([norm]), 33, 64)).toBe(1);
  expect(stepsOfEpoch(spec([]), 161, 32)).toBe(6);
  expect(stepsOfEpoch(spec([norm], [5, 5, 2]), 161, 32)).toBe(6);
});
