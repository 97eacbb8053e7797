/** On how many workers a run on wasm computes: by measurement, where the settings don't say and it can be worth it. */
import { Random } from '../../lib/random.ts';
import { buildNetwork } from '../../models/engine/network.ts';
import { parameterCount } from '../../models/spec-schema.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { ProbeMemory } from '../backend-reason.ts';
import type { StartHelper } from '../helper-port.ts';
import type { BackendRate, WorkersChoice } from '../run.ts';
import { startHost } from './backend.ts';
import { workersOf } from './checkpoint.ts';
import { canShareOut } from './parallel/parallel-steps.ts';
import { ProbeBudget } from './probe-budget.ts';
import { firstRows, type ProbeJob } from './probe.ts';
import { openStepRunner } from './step-runner.ts';

export interface WorkersJob extends ProbeJob {
  /** Absent where there can be no further worker. */
  startHelper?: StartHelper;
  /** What the run goes on from: on as many workers as before, or its bits would differ. */
  checkpoint: ArrayBuffer | null;
}

/** What the choice is made from; replaced in tests. */
export interface WorkersChooser {
  cores: number;
  probe: (counts: readonly number[], job: WorkersJob) => Promise<ProbedWorkers>;
}

export interface ProbedWorkers {
  /** Fewest first. */
  rates: BackendRate[];
  /** Whether nothing failed: else it isn't remembered. */
  isComplete: boolean;
}

/** Fewer rows in a share are not worth its exchange. */
const leastShare = 4;
/** Beyond it the summing of gradients outweighs what a further worker computes. */
const mostWorkers = 8;
/** How much faster more workers must be to be taken: a measurement this short is no better than that. */
const leastGain = 1.1;

export async function chooseWorkers(
  job: WorkersJob,
  memory?: ProbeMemory,
  { cores, probe }: WorkersChooser = { cores: coresHere(), probe: probeWorkers },
): Promise<WorkersChoice> {
  const { config, spec, startHelper } = job;
  const { averageEvery } = config;
  const chosen = (count: number, rates: BackendRate[] = []) => ({ count, averageEvery, rates });
  if (!startHelper || !canShareOut(spec, averageEvery) || config.lossScaling === 'dynamic')
    return chosen(1);
  if (job.checkpoint) return chosen(workersOf(job.checkpoint));
  const rows = Math.min(config.batchSize, job.train.targets.values.length);
  if (config.workers !== 'auto')
    return chosen(Math.min(config.workers, averageEvery === 1 ? Math.ceil(rows / 2) : Infinity));
  // One core is the page's and the system's, where there are enough.
  const most = Math.min(cores <= 2 ? cores : cores - 1, mostWorkers, Math.floor(rows / leastShare));
  if (most < 2) return chosen(1);
  const counts = [...[1, 2, 4, 8].filter((count) => count < most), most];
  const key = JSON.stringify([
    ...['workers', cores, globalThis.crossOriginIsolated],
    ...[spec, rows, config.optimizer.type, averageEvery],
  ]);
  let rates = await memory?.find(key);
  if (!rates) {
    const probed = await probe(counts, job);
    ({ rates } = probed);
    if (probed.isComplete && rates.length > 0) await memory?.keep(key, rates);
  }
  const [alone] = rates;
  const stepMs = alone ? (1000 * rows) / alone.examplesPerSecond : 0;
  if (rates.length === 1 && stepMs > longStepMs)
    return chosen(expectedBest(stepMs, spec, counts), rates);
  let best = alone;
  for (const rate of rates)
    if (best && rate.examplesPerSecond > leastGain * best.examplesPerSecond) best = rate;
  return chosen(best?.workers ?? 1, rates);
}

/** Gradients and weights that a helper adds to a step's exchange, at a gigabyte a second. */
const exchangeMsPerParameter = 8 / 1e6;

/** How many times as fast as one worker so many should be, whose step takes so long. */
export function expectedGain(stepMs: number, spec: NetworkSpec, workers: number): number {
  const exchangeMs = exchangeMsPerParameter * (workers - 1) * parameterCount(spec);
  return stepMs / (stepMs / workers + exchangeMs);
}

function expectedBest(stepMs: number, spec: NetworkSpec, counts: readonly number[]): number {
  const gain = (count: number) => expectedGain(stepMs, spec, count);
  return counts.reduce((best, count) => (gain(count) > leastGain * gain(best) ? count : best), 1);
}

/** Of two cores one is the page's: with both at work its tasks took 62 ms and more. Settings may still ask for two. */
function coresHere(): number {
  // Node 20 has no navigator.
  const { hardwareConcurrency = 1 } =
    (globalThis.navigator as { hardwareConcurrency?: number } | undefined) ?? {};
  return hardwareConcurrency <= 2 ? 1 : hardwareConcurrency;
}

/** A step that is shorter isn't worth the exchange, whatever the network. */
const leastStepMs = 0.3;
/** One that is longer is worth all cores unless its exchange is long too, which needn't be measured. */
const longStepMs = 500;
/** What all takes, starts of workers too, before no third count is begun. */
const mostMs = 1000;

/**
 * Examples a second on so many workers, within the probes' budget (probe-budget.ts). Ends where more are no faster,
 * where a step on one worker takes longer than half a second, or a second after its begin, though two counts are
 * compared before. @throws the signal's reason
 */
export async function probeWorkers(
  counts: readonly number[],
  job: WorkersJob,
  now: () => number = () => performance.now(),
): Promise<ProbedWorkers> {
  await startHost('wasm');
  const budget = job.budget ?? new ProbeBudget();
  const began = now();
  const rates: BackendRate[] = [];
  for (const [i, workers] of counts.entries()) {
    job.signal?.throwIfAborted();
    const before = rates.at(-1)?.examplesPerSecond ?? 0;
    if (rates.length > 1 && now() - began > mostMs) break;
    const shareMs = budget.leftMs / (counts.length - i);
    const found = await rateOf(workers, job, shareMs, now).catch(() => null);
    if (!found) return { rates, isComplete: false };
    const { examplesPerSecond, stepMs, spentMs } = found;
    budget.spend(spentMs);
    rates.push({ backend: 'wasm', workers, examplesPerSecond });
    if (stepMs < leastStepMs || stepMs > longStepMs || examplesPerSecond < before) break;
  }
  return { rates, isComplete: true };
}

async function rateOf(workers: number, job: WorkersJob, shareMs: number, now: () => number) {
  const { config, spec, startHelper } = job;
  if (!startHelper) throw new Error('no further workers here');
  const train = firstRows(job.train, config.batchSize);
  const rows = Uint32Array.from(train.targets.values, (_, i) => i);
  const random = new Random(0);
  const averageEvery = Math.min(config.averageEvery, 2); // a round must fit in the time
  const network = buildNetwork(spec, config.seed);
  try {
    const runner = await openStepRunner({
      ...{ network, backend: 'wasm', config, l2: config.l2, train },
      crew: { workers, averageEvery, startHelper },
    });
    try {
      await runner.loadWeights();
      const round = async () => {
        const count = averageEvery === 1 ? 1 : workers * averageEvery;
        for (let i = 0; i < count; i++) {
          runner.step(rows, config.learningRate, random);
          if (runner.pending) await runner.pending;
        }
        return count;
      };
      let started = now();
      let steps = await round();
      let spentMs = now() - started;
      // A long one is measured as it is: little of it is compiling.
      if (spentMs < shareMs) {
        const each = steps;
        steps = 0;
        started = now();
        do {
          steps += await round();
          spentMs = now() - started;
        } while (spentMs * (1 + each / steps) < shareMs);
      }
      const stepMs = spentMs / steps;
      return { stepMs, spentMs, examplesPerSecond: (1000 * rows.length) / stepMs };
    } finally {
      runner.dispose();
    }
  } finally {
    network.dispose();
  }
}
