/** Measures backends by real training steps of the network that is to be trained. */
import { Random } from '../../lib/random.ts';
import { buildNetwork } from '../../models/engine/network.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { Backend, BackendRate, NetworkConfig } from '../run.ts';
import { startHost } from './backend.ts';
import type { TrainingRows } from './batches.ts';
import { createStepRunner } from './step-runner.ts';
import type { Targets } from './targets.ts';
import { createWatch } from './watch.ts';
import { yieldToMessages } from './yield.ts';

/** A backend is measured for so long in all, its start and its first step (which compiles) aside. */
const stepsMs = 180;
const answersMs = 60;
const mostStepsBetweenReads = 4;
const probedRows = 4096;
const answeredRows = 512;

export interface ProbeJob {
  spec: NetworkSpec;
  config: NetworkConfig;
  train: TrainingRows;
  /** Most rows that are computed at a time; absent: the whole batch. */
  microBatch?: number;
  signal?: AbortSignal;
}

/**
 * @param backends tried in this order; one that fails is left out
 * @returns fastest first
 * @throws the signal's reason once it is aborted
 */
export async function probeBackends(
  backends: readonly Backend[],
  job: ProbeJob,
  now: () => number = () => performance.now(),
): Promise<BackendRate[]> {
  const rates: BackendRate[] = [];
  for (const backend of backends) {
    const rate = await rateOf(backend, job, now).catch(() => null);
    job.signal?.throwIfAborted();
    if (rate && rate.examplesPerSecond > 0) rates.push(rate);
  }
  return rates.sort((a, b) => b.examplesPerSecond - a.examplesPerSecond);
}

async function rateOf(backend: Backend, job: ProbeJob, now: () => number): Promise<BackendRate> {
  await startHost(backend);
  const { config, spec, microBatch, signal } = job;
  const random = new Random(0);
  // Batches of ever other rows, in no order: as in a run, they don't lie in the processor's cache.
  const train = firstRows(job.train, Math.max(config.batchSize, probedRows));
  const order = random.shuffle(Uint32Array.from(train.targets.values, (_, i) => i));
  const size = Math.min(config.batchSize, order.length);
  let at = 0;
  const nextBatch = () => {
    if (at + size > order.length) at = 0;
    at += size;
    return order.subarray(at - size, at);
  };
  const network = buildNetwork(spec, config.seed);
  try {
    const runner = await createStepRunner({
      ...{ network, backend, config, l2: config.l2, train },
      ...(microBatch !== undefined && { microBatch }),
    });
    /** Until the time is over, read from the device each time. @returns examples a second */
    const measured = async (work: (count: number) => Promise<number>, ms: number) => {
      const started = now();
      let examples = 0;
      let count = 1;
      do {
        examples += await work(count);
        await yieldToMessages();
        signal?.throwIfAborted();
        count = Math.min(mostStepsBetweenReads, 2 * count);
      } while (now() - started < ms);
      return (1000 * examples) / Math.max(1e-3, now() - started);
    };
    const step = async (count: number) => {
      for (let i = 0; i < count; i++) runner.step(nextBatch(), config.learningRate, random);
      await runner.readLosses(); // a device has only queued them so far
      return count * size;
    };
    try {
      await runner.loadWeights();
      const first = now();
      await step(1);
      const firstMs = now() - first;
      // A long step on the processor is measured by one: nothing was compiled in it.
      const isLong = firstMs > stepsMs && (backend === 'wasm' || backend === 'cpu');
      const examplesPerSecond = isLong ? (1000 * size) / firstMs : await measured(step, stepsMs);
      const answered = firstRows(job.train, answeredRows);
      const watch = await createWatch(network, backend, answered, null);
      const answer = async () => {
        await watch.measure(runner, () => Promise.resolve());
        return answered.targets.values.length;
      };
      try {
        if (!isLong) await answer(); // compiles
        return { backend, examplesPerSecond, answersPerSecond: await measured(answer, answersMs) };
      } finally {
        watch.dispose();
      }
    } finally {
      runner.dispose();
    }
  } finally {
    network.dispose();
  }
}

/** As much of the data as one step takes. */
export function firstRows(
  { features, width, targets, weights }: TrainingRows,
  size: number,
): TrainingRows {
  const rows = Math.min(size, targets.values.length);
  return {
    features: features.subarray(0, rows * width),
    width,
    targets: firstOf(targets, rows),
    weights: weights && weights.subarray(0, rows),
  };
}

function firstOf(targets: Targets, rows: number): Targets {
  return targets.type === 'classes'
    ? { ...targets, values: targets.values.subarray(0, rows) }
    : { ...targets, values: targets.values.subarray(0, rows) };
}
