/** Owns a run, as the training worker does: a page can't wait in place for others. */
import '@tensorflow/tfjs-backend-cpu'; // not by startBackend: the test runner breaks dynamic imports in workers
import { expose } from 'comlink';
import { Random } from '../../../src/lib/random.ts';
import { buildNetwork } from '../../../src/models/engine/network.ts';
import { setBackend } from '../../../src/models/engine/tf.ts';
import { createPlannedSteps } from '../../../src/training/engine/kernels/planned-steps.ts';
import { createParallelSteps } from '../../../src/training/engine/parallel/parallel-steps.ts';
import { yieldToMessages } from '../../../src/training/engine/yield.ts';
import type { StepJob } from '../../../src/training/engine/steps.ts';
import { cases, configOf, dataOf, everyRow, specOf } from '../../support/tiny-network.ts';

interface Options {
  name: string;
  workers: number;
  averageEvery: number;
  isShared: boolean;
  /** Absent: as usual. */
  sharedUpdateFrom?: number;
}

const startHelper = () =>
  new Worker(new URL('./shard.worker.ts', import.meta.url), { type: 'module' });

async function start({ name, workers, averageEvery, ...ways }: Options) {
  const example = cases.find((one) => one.name === name);
  if (!example) throw new Error(`no case ${name}`);
  await setBackend('cpu');
  const network = buildNetwork(specOf(example), 3);
  const config = { ...configOf(example), batchSize: 12 };
  const job: StepJob = { network, backend: 'wasm', config, l2: 0.1, train: dataOf(example) };
  const runner =
    workers === 1
      ? createPlannedSteps(job)
      : await createParallelSteps(job, { workers, averageEvery, startHelper, ...ways });
  if (!runner) throw new Error('there are no such steps here');
  await runner.loadWeights();
  return { runner, network };
}

const owner = {
  isIsolated: () => crossOriginIsolated,
  /** @returns the weights after 20 steps by whole batches and smaller ones */
  async train(options: Options): Promise<Float32Array> {
    const { runner, network } = await start(options);
    try {
      const random = new Random(9);
      for (let i = 0; i < 20; i++) {
        runner.step(everyRow.subarray(i % 3, 12 - (i % 4)), 0.05, random);
        await runner.pending;
      }
      await runner.storeWeights();
      return new Float32Array((await network.pack()).bytes);
    } finally {
      runner.dispose();
      network.dispose();
    }
  },
  /** Trains until this worker is ended. */
  async trainForever(options: Options, onStep: () => void): Promise<void> {
    const { runner } = await start(options);
    const random = new Random(9);
    for (let i = 0; ; i++) {
      runner.step(everyRow, 0.05, random);
      await runner.pending;
      if (i === 3) onStep();
      if (i % 100 === 99) await yieldToMessages();
    }
  },
};

export type ParallelOwner = typeof owner;

expose(owner);
