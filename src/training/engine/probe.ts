/** Measures backends by real training steps of the network that is to be trained. */
import { Random } from '../../lib/random.ts';
import { buildNetwork } from '../../models/engine/network.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import { measuredRows } from '../preflight.ts';
import type { Backend, BackendRate, NetworkConfig } from '../run.ts';
import { startHost } from './backend.ts';
import type { TrainingRows } from './batches.ts';
import { ProbeBudget } from './probe-budget.ts';
import { createStepRunner } from './step-runner.ts';
import type { Targets } from './targets.ts';
import { createWatch } from './watch.ts';
import { yieldToMessages } from './yield.ts';

/** Of what is left to measure in (probe-budget.ts), backends take two thirds: workers may be measured after them. */
const backendsShare = 2 / 3;
/** Of a backend's own share. */
const stepsShare = 3 / 4;
/** As a run does it (loop.ts, breath.ts): losses are read, and messages let in, only so often. */
const mostStepsBetweenReads = 20;
const mostMsBetweenReads = 100;
const breathMs = 30;
/** Of such windows the middle one counts: what else the machine does for a moment doesn't. */
const windowMs = 5;
const probedRows = 4096;
/** At least; of a quick network as many as a run has answered at a time. */
const leastAnswered = 512;
const answerSeconds = 0.01;

export interface ProbeJob {
  spec: NetworkSpec;
  config: NetworkConfig;
  train: TrainingRows;
  /** Most rows that are computed at a time; absent: the whole batch. */
  microBatch?: number;
  /** Absent: one of its own. */
  budget?: ProbeBudget;
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
  const budget = job.budget ?? new ProbeBudget();
  const ms = (backendsShare * budget.leftMs) / backends.length;
  for (const backend of backends) {
    const rate = await rateOf(backend, { ...job, budget, ms }, now).catch(() => null);
    job.signal?.throwIfAborted();
    if (rate && rate.examplesPerSecond > 0) rates.push(rate);
  }
  return rates.sort((a, b) => b.examplesPerSecond - a.examplesPerSecond);
}

async function rateOf(
  backend: Backend,
  job: ProbeJob & { budget: ProbeBudget; ms: number },
  now: () => number,
): Promise<BackendRate> {
  await startHost(backend);
  const { config, spec, microBatch, budget, signal } = job;
  const stepsMs = stepsShare * job.ms;
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
    /** Once, and as often as fits in the time; read from the device each time. @returns examples a second */
    const measured = async (work: (count: number) => Promise<number>, ms: number) => {
      const started = now();
      let [done, spent, breathed] = [0, 0, 0];
      const rates: number[] = [];
      let window = { from: 0, examples: 0 };
      const endWindow = () => {
        rates.push(window.examples / Math.max(1e-3, spent - window.from));
        window = { from: spent, examples: 0 };
      };
      for (let count = 1; count >= 1;) {
        window.examples += await work(count);
        done += count;
        spent = now() - started;
        if (spent - window.from >= windowMs) endWindow();
        if (spent - breathed > breathMs) {
          await yieldToMessages();
          breathed = spent;
        }
        signal?.throwIfAborted();
        const mostMs = Math.min(mostMsBetweenReads, ms - spent);
        count = Math.min(mostStepsBetweenReads, 2 * count, Math.floor((mostMs * done) / spent));
      }
      if (rates.length === 0) endWindow();
      budget.spend(spent);
      // In the first third the browser still compiles what it finds to be called often.
      const warm = rates.slice(Math.floor(rates.length / 3)).sort((x, y) => x - y);
      return 1000 * (warm[Math.floor(warm.length / 2)] ?? 0);
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
      if (isLong) budget.spend(firstMs);
      const examplesPerSecond = isLong ? (1000 * size) / firstMs : await measured(step, stepsMs);
      const quick = Math.min(measuredRows, answerSeconds * examplesPerSecond);
      const answered = firstRows(job.train, Math.max(leastAnswered, Math.floor(quick)));
      const watch = await createWatch(network, backend, answered, null);
      const answer = async (count: number) => {
        for (let i = 0; i < count; i++) await watch.measure(runner, () => Promise.resolve());
        return count * answered.targets.values.length;
      };
      try {
        if (!isLong) await answer(1); // compiles
        const answersPerSecond = await measured(answer, job.ms - stepsMs);
        return { backend, examplesPerSecond, answersPerSecond };
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

/**
 * As much of the data as one step takes; where that is less than all, a copy: a part of an array that is posted to a
 * helper takes the whole of it along.
 */
export function firstRows(
  { features, width, targets, weights }: TrainingRows,
  size: number,
): TrainingRows {
  const rows = Math.min(size, targets.values.length);
  if (rows === targets.values.length) return { features, width, targets, weights };
  return {
    features: features.slice(0, rows * width),
    width,
    targets: firstOf(targets, rows),
    weights: weights && weights.slice(0, rows),
  };
}

function firstOf(targets: Targets, rows: number): Targets {
  return targets.type === 'classes'
    ? { ...targets, values: targets.values.slice(0, rows) }
    : { ...targets, values: targets.values.slice(0, rows) };
}
