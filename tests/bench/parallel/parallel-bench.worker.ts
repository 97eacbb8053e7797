/** Measures training steps of a network by one worker or several. */
import { expose } from 'comlink';
import { Random } from '../../../src/lib/random.ts';
import { buildNetwork } from '../../../src/models/engine/network.ts';
import type { LayerSpec } from '../../../src/models/spec.ts';
import { startBackend } from '../../../src/training/engine/backend.ts';
import type { TrainingRows } from '../../../src/training/engine/batches.ts';
import { createPlannedSteps } from '../../../src/training/engine/kernels/planned-steps.ts';
import { createParallelSteps } from '../../../src/training/engine/parallel/parallel-steps.ts';
import type { StepJob } from '../../../src/training/engine/steps.ts';
import { defaultConfig, mlp } from '../../../src/training/learners.ts';

interface Options {
  network: 'cnn' | 'mlp';
  batch: number;
  workers: number;
  averageEvery: number;
  measuredMs: number;
}

const classes = 10;
const rows = 1024;
const convolution = (filters: number): LayerSpec => ({
  ...{ type: 'convolution', filters, size: [3, 3], padding: 'same', activation: 'relu' },
});
const pool: LayerSpec = { type: 'max-pooling', size: [2, 2] };
const answer: LayerSpec = { type: 'dense', units: classes, activation: 'linear' };

const networks = {
  cnn: {
    inputShape: [28, 28, 1],
    layers: [convolution(16), pool, convolution(32), pool, { type: 'flatten' }, answer],
  },
  mlp: { inputShape: [784], layers: [{ type: 'dense', units: 128, activation: 'relu' }, answer] },
} satisfies Record<string, { inputShape: number[]; layers: LayerSpec[] }>;

const random = new Random(1);
const train: TrainingRows = {
  features: Float32Array.from({ length: rows * 784 }, () => random.uniform()),
  width: 784,
  targets: {
    type: 'classes',
    classes,
    values: Int32Array.from({ length: rows }, (_, i) => i % classes),
  },
  weights: null,
};

const startHelper = () =>
  new Worker(new URL('../../../workers/shard.worker.ts', import.meta.url), { type: 'module' });

const bench = {
  /** @returns examples a second, and how long it took to start */
  async measure({ network: name, batch, workers, averageEvery, measuredMs }: Options) {
    await startBackend('cpu'); // only the network's variables lie there
    const network = buildNetwork(networks[name], 1);
    const config = { ...defaultConfig(mlp, 'y'), batchSize: batch };
    const job: StepJob = { network, backend: 'wasm', config, l2: 0, train };
    const began = performance.now();
    const runner =
      workers === 1
        ? createPlannedSteps(job)
        : await createParallelSteps(job, { workers, averageEvery, startHelper });
    if (!runner) throw new Error('there are no such steps here');
    const startMs = performance.now() - began;
    try {
      await runner.loadWeights();
      const order = Uint32Array.from({ length: rows }, (_, i) => (i * 769) % rows);
      const run = async (steps: number) => {
        for (let i = 0; i < steps; i++) {
          const from = (i * batch) % (rows - batch + 1);
          runner.step(order.subarray(from, from + batch), 1e-3, random);
          if (runner.pending) await runner.pending;
        }
        await runner.saveOptimizer(); // a round that is under way ends
        await runner.readLosses();
      };
      // Whole rounds of averages, and not so few steps that what ends a round is most of it.
      const average = averageEvery * workers;
      const round = average * Math.ceil(16 / average);
      await run(round);
      const started = performance.now();
      let steps = 0;
      while (performance.now() - started < measuredMs) {
        await run(round);
        steps += round;
      }
      const seconds = (performance.now() - started) / 1000;
      return { rate: (steps * batch) / seconds, startMs, isIsolated: crossOriginIsolated };
    } finally {
      runner.dispose();
      network.dispose();
    }
  },
};

export type ParallelBench = typeof bench;

expose(bench);
