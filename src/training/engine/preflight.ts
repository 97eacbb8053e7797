/** What a run of a network will take: memory from the plan of its steps, time from steps that are measured. */
import { parameterCount } from '../../models/spec-schema.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { ProbeMemory } from '../backend-reason.ts';
import {
  bytesOf,
  largestFitting,
  secondsOfEpoch,
  type RunEstimate,
  type RunSizes,
} from '../preflight.ts';
import type { StartHelper } from '../helper-port.ts';
import type { Backend, BackendRate, NetworkConfig, WorkersChoice } from '../run.ts';
import type { TrainingRows } from './batches.ts';
import { chooseBackend } from './choose-backend.ts';
import { chooseWorkers } from './choose-workers.ts';
import { forwardBytes } from './forward.ts';
import { layOutSteps, type StepShape } from './kernels/step-plan.ts';
import { slotsOf } from './kernels/update/plan.ts';
import { countWorkspace, mostWorkspaceBytes } from './kernels/wasm-workspace.ts';
import { shareOf } from './parallel/protocol.ts';
import { probeBackends } from './probe.ts';
import { outputsOf } from './targets.ts';

export interface EstimateJob {
  spec: NetworkSpec;
  config: NetworkConfig;
  /** Some of the rows, a batch of them at least where there are so many. */
  train: TrainingRows;
  rows: RunSizes['rows'];
  probeMemory?: ProbeMemory | undefined;
  startHelper?: StartHelper | undefined;
  signal?: AbortSignal | undefined;
}

/** @throws the signal's reason; StudioError `bad-config` for a network that can't be */
export async function estimateRun(job: EstimateJob): Promise<RunEstimate> {
  const { spec, config, rows } = job;
  const batch = Math.min(config.batchSize, rows.train);
  const outputs = outputsOf(job.train.targets);
  const parameters = parameterCount(spec);
  const room = roomForSteps();
  const stepsOf = (of: number, microBatch: number) =>
    layOut({ spec, optimizer: config.optimizer, batch: of, microBatch, outputs });
  const largestBatch = largestFitting(rows.train, (count) => stepsOf(count, count).bytes <= room);
  // What doesn't fit is computed in parts (step-down.ts).
  const microBatch =
    batch <= largestBatch
      ? batch
      : largestFitting(batch - 1, (count) => stepsOf(batch, count).bytes <= room);
  const steps = stepsOf(batch, Math.max(1, microBatch));
  const [choice] = await chooseBackend(
    { spec, config, train: job.train, ...(job.signal && { signal: job.signal }) },
    job.probeMemory,
  );
  const { backend, reason } = choice ?? { backend: 'wasm', reason: { type: 'only' } };
  const known = reason.type === 'fastest' ? reason.rates : [];
  const rate =
    known.find((one) => one.backend === backend && one.answersPerSecond !== undefined) ??
    (microBatch > 0 ? await measure(job, backend, microBatch) : undefined);
  const workers =
    backend === 'wasm' && batch <= largestBatch ? await workersFor(job) : { count: 1, rates: [] };
  const secondsPerEpoch = rate ? secondsOfEpoch(faster(rate, workers), rows) : null;
  const share =
    workers.count > 1 && config.averageEvery === 1 ? shareOf(batch, 0, workers.count)[1] : batch;
  return {
    ...{ backend, reason, parameters, largestBatch, secondsPerEpoch },
    workers: workers.count,
    trainRows: rows.train,
    fits: batch <= largestBatch,
    bytes: bytesOf({
      ...{ parameters, rows, width: job.train.width },
      steps: workers.count > 1 ? workers.count * stepsOf(share, share).bytes : steps.bytes,
      measuring: forwardBytes(spec),
      trainable: steps.trainable,
      slots: slotsOf(config.optimizer).length,
    }),
    seconds: secondsPerEpoch && secondsPerEpoch * config.epochs,
  };
}

/** @throws the signal's reason */
async function workersFor(job: EstimateJob): Promise<Pick<WorkersChoice, 'count' | 'rates'>> {
  const { spec, config, train, startHelper, probeMemory, signal } = job;
  const chosen = await chooseWorkers(
    { ...{ spec, config, train, checkpoint: null }, ...(startHelper && { startHelper }) },
    probeMemory,
  );
  signal?.throwIfAborted();
  return chosen;
}

/** One worker's rate as so many have it, where that was measured. */
function faster(one: BackendRate, { count, rates }: Pick<WorkersChoice, 'count' | 'rates'>) {
  const rateOf = (workers: number) => rates.find((rate) => (rate.workers ?? 1) === workers);
  const gain = (rateOf(count)?.examplesPerSecond ?? 1) / (rateOf(1)?.examplesPerSecond ?? 1);
  return rateOf(count) && rateOf(1)
    ? { ...one, examplesPerSecond: gain * one.examplesPerSecond }
    : one;
}

/** Of the buffers that the steps' plan lays out. */
function layOut(shape: StepShape): { bytes: number; trainable: number } {
  const counted = countWorkspace((workspace) => layOutSteps(shape, workspace));
  return { bytes: counted?.bytes ?? 0, trainable: counted?.laid.network.trainableCount ?? 0 };
}

/** What WebAssembly can address, or half of a small device's memory: the browser and the data want theirs. */
function roomForSteps(): number {
  // In GiB; Chromium alone has it, and Node 20 no navigator.
  const { navigator } = globalThis as { navigator?: { deviceMemory?: number } };
  return Math.min(mostWorkspaceBytes, ((navigator?.deviceMemory ?? 8) / 2) * 2 ** 30);
}

/** Remembered, as the choice of a backend is. */
async function measure(
  job: EstimateJob,
  backend: Backend,
  microBatch: number,
): Promise<BackendRate | undefined> {
  const { spec, config, probeMemory, signal, rows } = job;
  const batch = Math.min(config.batchSize, rows.train);
  const key = JSON.stringify(['estimate', backend, spec, batch, microBatch, config.optimizer.type]);
  let rates = await probeMemory?.find(key);
  if (!rates) {
    rates = await probeBackends([backend], {
      ...{ spec, config, train: job.train },
      ...(microBatch < batch && { microBatch }),
      ...(signal && { signal }),
    });
    await probeMemory?.keep(key, rates);
  }
  return rates[0];
}
