/** Measures backends by real training steps of the network that is to be trained. */
import { Random } from '../../lib/random.ts';
import { buildNetwork } from '../../models/engine/network.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { Backend, BackendRate, RunConfig } from '../run.ts';
import { startBackend } from './backend.ts';
import type { TrainingRows } from './batches.ts';
import { createStepRunner } from './step-runner.ts';
import type { Targets } from './targets.ts';
import { yieldToMessages } from './yield.ts';

/** A backend is measured for so long, its start and its first step (which compiles) aside. */
const probeMs = 250;
const stepsBetweenReads = 4;

export interface ProbeJob {
  spec: NetworkSpec;
  config: RunConfig;
  train: TrainingRows;
}

/**
 * @param backends tried in this order; one that fails is left out
 * @returns fastest first
 */
export async function probeBackends(
  backends: readonly Backend[],
  job: ProbeJob,
  now: () => number = () => performance.now(),
): Promise<BackendRate[]> {
  const rates: BackendRate[] = [];
  for (const backend of backends) {
    const examplesPerSecond = await rateOf(backend, job, now).catch(() => 0);
    if (examplesPerSecond > 0) rates.push({ backend, examplesPerSecond });
  }
  return rates.sort((a, b) => b.examplesPerSecond - a.examplesPerSecond);
}

async function rateOf(backend: Backend, job: ProbeJob, now: () => number): Promise<number> {
  await startBackend(backend);
  const { config, spec } = job;
  const train = firstBatch(job.train, config.batchSize);
  const rows = Uint32Array.from(train.targets.values, (_, i) => i);
  const random = new Random(0);
  const network = buildNetwork(spec, config.seed);
  try {
    const runner = createStepRunner({ network, backend, config, l2: config.l2, train });
    try {
      await runner.loadWeights();
      runner.step(rows, config.learningRate, random);
      await runner.readLosses();
      const started = now();
      let steps = 0;
      do {
        for (let i = 0; i < stepsBetweenReads; i++) runner.step(rows, config.learningRate, random);
        await runner.readLosses(); // a device has only queued them so far
        await yieldToMessages();
        steps += stepsBetweenReads;
      } while (now() - started < probeMs);
      return (1000 * steps * rows.length) / Math.max(1e-3, now() - started);
    } finally {
      runner.dispose();
    }
  } finally {
    network.dispose();
  }
}

/** As much of the data as one step takes. */
export function firstBatch(
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
