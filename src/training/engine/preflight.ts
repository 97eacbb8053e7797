/** What a run of a network will take: memory from the plan of its steps, time from steps that are measured. */
import { summaryOf } from '../../models/layer-summary.ts';
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
import { chooseWorkers, expectedGain } from './choose-workers.ts';
import { findGraphics } from './devices.ts';
import { forwardBytes } from './forward.ts';
import { slotsOf } from './kernels/update/plan.ts';
import { shareOf } from './parallel/protocol.ts';
import { ProbeBudget } from './probe-budget.ts';
import { probeBackends, type ProbeJob } from './probe.ts';
import { roomOn } from './step-room.ts';
import { outputsOf } from './targets.ts';

/** Bytes of float32. */
const float = 4;

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
  const probing = {
    ...{ spec, config, train: job.train, budget: new ProbeBudget() },
    ...(job.signal && { signal: job.signal }),
  };
  const [choice] = await chooseBackend(probing, job.probeMemory);
  const { backend, reason } = choice ?? { backend: 'wasm', reason: { type: 'only' } };
  const room = await roomOn(backend, rows.train * float * (job.train.width + 1));
  const stepsOf = (of: number, microBatch: number) =>
    room.layOut({ spec, optimizer: config.optimizer, batch: of, microBatch, outputs });
  const fits = (of: number, microBatch: number) => stepsOf(of, microBatch).bytes <= room.most;
  const largestBatch = largestFitting(rows.train, (count) => fits(count, count));
  // What doesn't fit is computed in parts (step-down.ts).
  const microBatch =
    batch <= largestBatch ? batch : largestFitting(batch - 1, (count) => fits(batch, count));
  const steps = stepsOf(batch, Math.max(1, microBatch));
  const known = reason.type === 'fastest' ? reason.rates : [];
  const rate =
    known.find((one) => one.backend === backend && one.answersPerSecond !== undefined) ??
    (microBatch > 0 ? await measure(job, probing, backend, microBatch) : undefined);
  const workers =
    backend === 'wasm' && batch <= largestBatch
      ? await workersFor(job, probing)
      : { count: 1, rates: [] };
  const secondsPerEpoch = rate ? secondsOfEpoch(faster(rate, workers, spec, batch), rows) : null;
  const share =
    workers.count > 1 && config.averageEvery === 1 ? shareOf(batch, 0, workers.count)[1] : batch;
  return {
    ...{ backend, reason, parameters, largestBatch, secondsPerEpoch },
    network: summaryOf(spec),
    workers: workers.count,
    trainRows: rows.train,
    fits: batch <= largestBatch,
    bytes: bytesOf({
      ...{ parameters, rows, width: job.train.width },
      steps: workers.count > 1 ? workers.count * stepsOf(share, share).bytes : steps.bytes,
      measuring: forwardBytes(spec),
      trainCopies: backend === 'webgpu' ? 1 : copiesFor(workers.count),
      trainable: steps.trainable,
      slots: slotsOf(config.optimizer).length,
    }),
    seconds: secondsPerEpoch && secondsPerEpoch * config.epochs,
  };
}

/** Of the train rows beside the owner's: one that all share, or each helper's. */
function copiesFor(workers: number): number {
  if (workers === 1) return 0;
  return globalThis.crossOriginIsolated ? 1 : workers - 1;
}

/** @throws the signal's reason */
async function workersFor(
  { startHelper, probeMemory, signal }: EstimateJob,
  probing: ProbeJob,
): Promise<Pick<WorkersChoice, 'count' | 'rates'>> {
  const chosen = await chooseWorkers(
    { ...probing, checkpoint: null, ...(startHelper && { startHelper }) },
    probeMemory,
  );
  signal?.throwIfAborted();
  return chosen;
}

/** One worker's rate as so many have it, as that was measured, or is to be expected. */
function faster(
  one: BackendRate,
  { count, rates }: Pick<WorkersChoice, 'count' | 'rates'>,
  spec: NetworkSpec,
  batch: number,
): BackendRate {
  if (count === 1) return one;
  const rateOf = (workers: number) =>
    rates.find((rate) => (rate.workers ?? 1) === workers)?.examplesPerSecond;
  const [alone, together] = [rateOf(1), rateOf(count)];
  const gain =
    alone && together
      ? together / alone
      : expectedGain((1000 * batch) / one.examplesPerSecond, spec, count);
  return { ...one, examplesPerSecond: gain * one.examplesPerSecond };
}

/** Remembered, as the choice of a backend is. */
async function measure(
  { config, spec, probeMemory, rows }: EstimateJob,
  probing: ProbeJob,
  backend: Backend,
  microBatch: number,
): Promise<BackendRate | undefined> {
  const batch = Math.min(config.batchSize, rows.train);
  const isOnGraphics = backend === 'webgpu' || backend === 'webgl';
  const key = JSON.stringify([
    ...['estimate', backend, isOnGraphics && (await findGraphics())[backend]],
    ...[spec, batch, microBatch, config.optimizer.type, config.precision],
  ]);
  const known = await probeMemory?.find(key);
  if (known) return known[0];
  const [rate] = await probeBackends([backend], {
    ...probing,
    ...(microBatch < batch && { microBatch }),
  });
  if (rate) await probeMemory?.keep(key, [rate]);
  return rate;
}
