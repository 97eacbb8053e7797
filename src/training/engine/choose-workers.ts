/** On how many workers a run on wasm computes: by measurement, where the settings don't say and it can be worth it. */
import { buildNetwork } from '../../models/engine/network.ts';
import { Random } from '../../lib/random.ts';
import type { ProbeMemory } from '../backend-reason.ts';
import type { StartHelper } from '../helper-port.ts';
import type { BackendRate, WorkersChoice } from '../run.ts';
import { startHost } from './backend.ts';
import { workersOf } from './checkpoint.ts';
import { canShareOut } from './parallel/parallel-steps.ts';
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
  probe: (counts: readonly number[], job: WorkersJob) => Promise<BackendRate[]>;
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
  const counts = [1, 2, 4, 8].filter((count) => count < most);
  const key = JSON.stringify([
    ...['workers', cores, globalThis.crossOriginIsolated],
    ...[spec, rows, config.optimizer.type, averageEvery],
  ]);
  let rates = await memory?.find(key);
  if (!rates) {
    rates = await probe([...counts, most], job);
    await memory?.keep(key, rates);
  }
  let [best] = rates;
  for (const rate of rates)
    if (best && rate.examplesPerSecond > leastGain * best.examplesPerSecond) best = rate;
  return chosen(best?.workers ?? 1, rates);
}

/** Of two cores one is the page's: with both at work its tasks took 62 ms and more. Settings may still ask for two. */
function coresHere(): number {
  // Node 20 has no navigator.
  const { hardwareConcurrency = 1 } =
    (globalThis.navigator as { hardwareConcurrency?: number } | undefined) ?? {};
  return hardwareConcurrency <= 2 ? 1 : hardwareConcurrency;
}

const probeMs = 300;
const measureMs = 60;
/** A step that is shorter isn't worth the exchange, whatever the network. */
const leastStepMs = 0.3;

/**
 * Examples a second on so many workers, fewest first, in some 300 ms, the start of workers among them; ends where
 * more are no faster, or can't be started.
 */
export async function probeWorkers(
  counts: readonly number[],
  job: WorkersJob,
  now: () => number = () => performance.now(),
): Promise<BackendRate[]> {
  await startHost('wasm');
  const began = now();
  const rates: BackendRate[] = [];
  for (const workers of counts) {
    const before = rates.at(-1)?.examplesPerSecond ?? 0;
    if (rates.length > 0 && now() - began > probeMs - measureMs) break;
    const found = await rateOf(workers, job, now).catch(() => null);
    if (!found) break;
    const { examplesPerSecond, stepMs } = found;
    rates.push({ backend: 'wasm', workers, examplesPerSecond });
    if (stepMs < leastStepMs || examplesPerSecond < before) break;
  }
  return rates;
}

async function rateOf(workers: number, job: WorkersJob, now: () => number) {
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
      await round();
      const started = now();
      let steps = 0;
      do steps += await round();
      while (now() - started < measureMs);
      const stepMs = (now() - started) / steps;
      return { stepMs, examplesPerSecond: (1000 * rows.length) / stepMs };
    } finally {
      runner.dispose();
    }
  } finally {
    network.dispose();
  }
}
