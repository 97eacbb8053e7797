/** Trains as the training worker does, its checkpoints stored or not, and times the steps. */
import { expose } from 'comlink';
import { Random } from '../../../src/lib/random.ts';
import { buildNetwork } from '../../../src/models/engine/network.ts';
import { collectChunks } from '../../../src/storage/chunks.ts';
import { openStudioDb } from '../../../src/storage/db.ts';
import { startBackend } from '../../../src/training/engine/backend.ts';
import type { TrainingRows } from '../../../src/training/engine/batches.ts';
import { Checkpointer } from '../../../src/training/engine/checkpointer.ts';
import { Control } from '../../../src/training/engine/control.ts';
import { watchDevice } from '../../../src/training/engine/device-watch.ts';
import { runLoop } from '../../../src/training/engine/loop.ts';
import { defaultConfig, mlp } from '../../../src/training/learners.ts';
import { CheckpointStore } from '../../../workers/training/checkpoint-store.ts';

interface Options {
  batch: number;
  seconds: number;
  /** Null: as in the studio; Infinity: no checkpoint at all. */
  everyMs: number | null;
}

export interface Steps {
  /** Of each step, what the loop does before the next included; the first second's are left out. */
  ms: number[];
  /** Places of those during which a checkpoint was taken, and for how long. */
  taken: { step: number; ms: number }[];
  /** How long storing took meanwhile, in another worker. */
  storedMs: number[];
  parameters: number;
}

const width = 784;
const classes = 10;
const rows = 16_384;
const warmMs = 1000;
const random = new Random(1);
const train: TrainingRows = {
  features: Float32Array.from({ length: rows * width }, () => random.uniform() - 0.5),
  width,
  targets: {
    type: 'classes',
    classes,
    values: Int32Array.from({ length: rows }, (_, i) => i % classes),
  },
  weights: null,
};

const bench = {
  async trainFor({ batch, seconds, everyMs }: Options): Promise<Steps> {
    await startBackend('cpu'); // only the network's variables lie there
    const dense = (units: number) => ({ type: 'dense', units, activation: 'relu' }) as const;
    const network = buildNetwork(
      {
        inputShape: [width],
        layers: [
          ...[dense(1536), dense(1536), dense(840)],
          { type: 'dense', units: classes, activation: 'linear' },
        ],
      },
      1,
    );
    const db = await openStudioDb();
    const store = new CheckpointStore();
    const control = new Control();
    const times: Steps = { ms: [], taken: [], storedMs: [], parameters: 0 };
    const watched = watchSteps(times);
    const digests: string[] = [];
    try {
      setTimeout(() => control.command('stop'), 1000 * seconds + warmMs);
      await runLoop({
        ...{ network, backend: 'wasm', reason: { type: 'asked' }, l2: 0, train, validation: null },
        config: {
          ...defaultConfig(mlp, 'y'),
          ...{ solver: 'gradient-descent', batchSize: batch, epochs: 1000, earlyStopping: null },
        },
        ...{ control, checkpoint: null },
        ...(everyMs !== null && { checkpointEveryMs: everyMs }),
        emit(event) {
          if (event.type === 'started') times.parameters = event.parameters;
        },
        async saveCheckpoint(bytes) {
          const began = performance.now();
          const stored = await store.put(bytes);
          times.storedMs.push(performance.now() - began);
          await collectChunks(db, digests.splice(0, digests.length, stored.digest));
          return { of: bytes, bytes: stored.bytes };
        },
        device: watchDevice('wasm'),
      });
    } finally {
      watched.end();
      network.dispose();
      store.close();
      await collectChunks(db, digests);
    }
    return times;
  },
};

interface Watched {
  prepare: (this: Checkpointer) => void;
  take: (this: Checkpointer, ...given: Parameters<Checkpointer['take']>) => Promise<void>;
}

/** Between any two steps the loop prepares memory for checkpoints: there its clock is read. */
function watchSteps(times: Steps) {
  const began = performance.now();
  const checkpointer = Checkpointer.prototype as unknown as Watched; // each is called on its own
  const { prepare, take } = checkpointer;
  let last = Infinity;
  checkpointer.prepare = function () {
    prepare.call(this);
    const now = performance.now();
    if (last - began >= warmMs && last !== Infinity) times.ms.push(now - last);
    last = now;
  };
  checkpointer.take = async function (...given) {
    const before = performance.now();
    await take.apply(this, given);
    times.taken.push({ step: times.ms.length, ms: performance.now() - before });
  };
  return {
    end() {
      Object.assign(checkpointer, { prepare, take });
    },
  };
}

export type CheckpointBench = typeof bench;

expose(bench);
