import { afterAll, expect, test } from 'vitest';
import { backend as currentBackend, memory } from '../../src/models/engine/tf.ts';
import { startBackend } from '../../src/training/engine/backend.ts';
import { Control } from '../../src/training/engine/control.ts';
import { fitModel } from '../../src/training/engine/fit.ts';
import { openGpu } from '../../src/training/engine/kernels/webgpu/device.ts';
import { defaultConfig, mlp } from '../../src/training/learners.ts';
import type { Backend, RunEvent } from '../../src/training/run.ts';
import { cases, dataOf } from '../support/tiny-network.ts';

const example = cases.find(({ name }) => name === 'dropout');

/** Trains a small network; `each` sees an epoch's number and may do harm. */
async function train(backend: Backend, each: (epoch: number) => void) {
  if (!example) throw new Error('no such case');
  const events: RunEvent[] = [];
  const result = await fitModel({
    config: {
      ...defaultConfig(mlp, 'y'),
      layers: example.layers,
      ...{ backend, epochs: 5, batchSize: 6, earlyStopping: null },
    },
    train: dataOf(example),
    validation: null,
    control: new Control(),
    emit(event) {
      events.push(event);
      if (event.type === 'epoch') each(event.epoch);
    },
    checkpoint: null,
    saveCheckpoint: () => Promise.resolve(undefined),
    checkpointEveryMs: 0,
  });
  return {
    ...result,
    weights: new Float32Array(result.weights.bytes),
    notices: events.flatMap((event) => (event.type === 'notice' ? [event.notice] : [])),
  };
}

const unplug: Partial<Record<Backend, () => void>> = {
  webgpu() {
    void openGpu().then((gpu) => gpu?.device.destroy()); // a destroyed device is a lost one
  },
  webgl() {
    const { gpgpu } = currentBackend() as unknown as {
      gpgpu: { gl: WebGL2RenderingContext };
    };
    gpgpu.gl.getExtension('WEBGL_lose_context')?.loseContext();
  },
};

for (const backend of ['webgpu', 'webgl'] as const)
  test(
    `a ${backend} device that is lost is started again, and lost again left for wasm`,
    { timeout: 180_000 },
    async () => {
      const whole = await train(backend, () => undefined);
      expect(whole.notices).toEqual([]);
      const before = memory().numTensors;
      const harmed = new Set<number>();
      const after = await train(backend, (epoch) => {
        if (harmed.size < 2 && !harmed.has(epoch) && epoch > 1) {
          harmed.add(epoch);
          unplug[backend]?.();
        }
      });
      expect(after.notices).toMatchObject([
        { type: 'restarted', backend },
        { type: 'moved', from: backend, to: 'wasm', cause: 'device-lost' },
      ]);
      expect([after.outcome, after.backend]).toEqual(['completed', 'wasm']);
      // What is read from a lost WebGL context never comes, nor is it let go.
      if (backend === 'webgpu') expect(memory().numTensors, 'tensors left').toBe(before);
      const farthest = after.weights.reduce(
        (most, x, i) => Math.max(most, Math.abs(x - (whole.weights[i] ?? NaN))),
        0,
      );
      expect(farthest).toBeLessThan(1e-3);
    },
  );

afterAll(() => startBackend('cpu'));
