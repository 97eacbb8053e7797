/** Measures training steps of an MLP 784-128-10, computed in one way or another. */
import { expose } from 'comlink';
import { Random } from '../../../src/lib/random.ts';
import { buildNetwork } from '../../../src/models/engine/network.ts';
import type { NetworkSpec } from '../../../src/models/spec.ts';
import { startBackend } from '../../../src/training/engine/backend.ts';
import type { TrainingRows } from '../../../src/training/engine/batches.ts';
import { createPlannedSteps } from '../../../src/training/engine/kernels/planned-steps.ts';
import { createTensorSteps } from '../../../src/training/engine/step-runner.ts';
import { defaultConfig, mlp } from '../../../src/training/learners.ts';
import { plainSteps } from './plain-steps.ts';

const [inputs, hidden, classes] = [784, 128, 10];
const rows = 2048;
const measuredMs = 1500;

const spec: NetworkSpec = {
  inputShape: [inputs],
  layers: [
    { type: 'dense', units: hidden, activation: 'relu' },
    { type: 'dense', units: classes, activation: 'linear' },
  ],
};

const random = new Random(1);
const train: TrainingRows = {
  features: Float32Array.from({ length: rows * inputs }, () => random.uniform()),
  width: inputs,
  targets: {
    type: 'classes',
    classes,
    values: Int32Array.from({ length: rows }, (_, i) => i % classes),
  },
  weights: null,
};

const bench = {
  /** @returns examples a second */
  async measure(way: 'planned' | 'tfjs' | 'plain', batch: number): Promise<number> {
    await startBackend('wasm');
    const network = buildNetwork(spec, 1);
    const config = { ...defaultConfig(mlp, 'y'), batchSize: batch };
    const job = { network, backend: 'wasm', config, l2: 0, train } as const;
    const create = { planned: createPlannedSteps, tfjs: createTensorSteps, plain: plainSteps }[way];
    const runner = create(job);
    if (!runner) throw new Error(`${way}: there are no such steps here`);
    try {
      await runner.loadWeights();
      const order = Uint32Array.from({ length: rows }, (_, i) => (i * 769) % rows);
      const run = (steps: number) => {
        for (let i = 0; i < steps; i++) {
          const from = (i * batch) % (rows - batch);
          runner.step(order.subarray(from, from + batch), 1e-3, random);
        }
      };
      run(5);
      await runner.readLosses();
      const started = performance.now();
      let steps = 0;
      while (performance.now() - started < measuredMs) {
        run(10);
        await runner.readLosses();
        steps += 10;
      }
      return (1000 * steps * batch) / (performance.now() - started);
    } finally {
      runner.dispose();
      network.dispose();
    }
  },
};

export type TrainingBench = typeof bench;

expose(bench);
