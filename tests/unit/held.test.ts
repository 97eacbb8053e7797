import { expect, test, vi } from 'vitest';
import { Random } from '../../src/lib/random.ts';
import type { TrainingRows } from '../../src/training/engine/batches.ts';
import { Control } from '../../src/training/engine/control.ts';
import { fitModel } from '../../src/training/engine/fit.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { NetworkConfig, RunEvent } from '../../src/training/run.ts';

vi.mock('../../src/training/engine/backend.ts', () => import('../support/all-on-cpu.ts'));

const random = new Random(2);
const rows = 300;
const train: TrainingRows = {
  features: Float32Array.from({ length: rows * 20 }, () => random.normal()),
  width: 20,
  targets: {
    type: 'classes',
    classes: 3,
    values: Int32Array.from({ length: rows }, (_, i) => i % 3),
  },
  weights: null,
};

/** A run on the kernels whose epochs are one step, and what it tells, its reins included. */
function start(changes: Pick<NetworkConfig, 'epochs'> & Partial<NetworkConfig>) {
  const told: string[] = [];
  const control = new Control((state) => told.push(state));
  const ended = fitModel({
    config: {
      ...defaultConfig(mlp, 'y'),
      layers: [
        { type: 'dense', units: 64, activation: 'relu' },
        { type: 'dropout', rate: 0.2 },
      ],
      ...{ solver: 'gradient-descent', backend: 'wasm', batchSize: rows, earlyStopping: null },
      ...changes,
    },
    ...{ train, validation: null, checkpoint: null, control },
    emit: ({ type }: RunEvent) => {
      if (type !== 'progress') told.push(type);
    },
    saveCheckpoint: () => Promise.resolve(undefined),
  });
  return { told, control, ended };
}

test('a run is held in the middle of a step, and a step more goes to that step’s end', async () => {
  const { told, control, ended } = start({ epochs: 3 });
  control.command('pause');
  await vi.waitFor(() => expect(told).toEqual(['started', 'paused'])); // no epoch: its one step isn't done
  control.command('step');
  await vi.waitFor(() => expect(told).toEqual(['started', 'paused', 'paused']));
  control.command('step'); // ends the epoch, and takes the next one's step
  await vi.waitFor(() => expect(told.filter((type) => type === 'paused')).toHaveLength(3));
  expect(told).toEqual(['started', 'paused', 'paused', 'epoch', 'paused']);
  control.command('resume');
  await ended;
  expect(told.slice(5)).toEqual(['resumed', 'epoch', 'epoch', 'finished']);
});

test('a run that is held in between learns what it would have learned, to the last bit', async () => {
  const whole = await start({ epochs: 4 }).ended;
  const { told, control, ended } = start({ epochs: 4 });
  control.command('pause');
  for (let step = 1; step <= 3; step++) {
    await vi.waitFor(() =>
      expect(told.filter((type) => type === 'paused').length).toBeGreaterThanOrEqual(step),
    );
    control.command('step');
  }
  control.command('resume');
  expect((await ended).weights).toEqual(whole.weights);
});

test('a run is stopped in the middle of a step, with the weights from before it', async () => {
  const first = start({ epochs: 1 });
  first.control.command('pause');
  await vi.waitFor(() => expect(first.told).toContain('paused'));
  first.control.command('stop');
  const { outcome, bestEpoch, weights } = await first.ended;
  expect([outcome, bestEpoch]).toEqual(['stopped', 0]);
  const again = start({ epochs: 1 });
  again.control.command('stop');
  expect((await again.ended).weights).toEqual(weights);
});

test('a run ends in a hidden page, whose timers and frames never come', async () => {
  for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback'])
    vi.stubGlobal(name, () => 0);
  try {
    for (const backend of ['wasm', 'cpu'] as const) {
      const { told, ended } = start({ epochs: 3, backend });
      expect((await ended).outcome).toBe('completed');
      expect(told.filter((type) => type === 'epoch')).toHaveLength(3);
    }
  } finally {
    vi.unstubAllGlobals();
  }
});
