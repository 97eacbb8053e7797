/** Trains a network by gradients, and steps down (step-down.ts) as often as it takes to get to the end. */
import { reviveError, StudioError } from '../../lib/errors.ts';
import { buildNetwork } from '../../models/engine/network.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { StartHelper } from '../helper-port.ts';
import type { WorkersChoice } from '../run.ts';
import { restartHost, startHost } from './backend.ts';
import { loopStateIn } from './checkpoint.ts';
import { chooseBackend, type BackendChoice } from './choose-backend.ts';
import { chooseWorkers } from './choose-workers.ts';
import { watchDevice, type DeviceWatch } from './device-watch.ts';
import { l2Of, type FitJob, type FitResult } from './fit-job.ts';
import { rowsInCaches } from './kernels/rows-in-caches.ts';
import { BrokenRun, runLoop } from './loop.ts';
import { ProbeBudget } from './probe-budget.ts';
import { normalisesOverRows } from './steps.ts';
import { causeOf, stepDown, type Failure, type Footing, type Ground } from './step-down.ts';

/**
 * @throws StudioError `bad-config` for batches of one row where there is batch norm; `no-backend`, `out-of-memory` …
 * where nothing is left to try; `corrupt`
 */
export async function fitNetwork(job: FitJob, spec: NetworkSpec): Promise<FitResult> {
  const { config, train } = job;
  const batch = Math.min(config.batchSize, train.targets.values.length);
  if (batch === 1 && normalisesOverRows(spec))
    throw new StudioError(
      'bad-config',
      `setting "batchSize": 1 row has no variance that batch norm could divide by; it needs 2 at least`,
    );
  const budget = new ProbeBudget();
  const choices = await chooseBackend({ spec, config, train, budget }, job.probeMemory);
  const ground: Ground = {
    backends: choices.map(({ backend }) => backend),
    ...{ spec, batch },
    rowsAtOnce: (backend) => (backend === 'wasm' ? rowsInCaches({ spec, batch }) : batch),
  };
  let footing = firstFooting(choices, job.checkpoint);
  tellIfGone(job, choices);
  let { checkpoint } = job;
  let start = startHost;
  for (;;) {
    const choice = choices[footing.place];
    if (!choice) throw new Error('unreachable: stepping down leads to a backend or to an end');
    const attempt = await attemptOn(choice, footing, { ...job, checkpoint, budget }, spec, start);
    const next = attempt.failure && stepDown(footing, attempt.failure, ground);
    if (!next) {
      if (!attempt.result) throw attempt.error;
      const { outcome, bestEpoch } = attempt.result;
      job.emit({ type: 'finished', outcome, bestEpoch });
      return attempt.result;
    }
    job.emit({ type: 'notice', notice: next.notice });
    start = next.notice.type === 'restarted' ? restartHost : startHost;
    ({ footing } = next);
    checkpoint = attempt.checkpoint ?? checkpoint;
  }
}

/** A run goes on where it was, and so to the same end; a new one begins with the best choice. */
function firstFooting(choices: readonly BackendChoice[], checkpoint: ArrayBuffer | null): Footing {
  const on = checkpoint && loopStateIn(checkpoint).on;
  const place = choices.findIndex(({ backend }) => backend === on?.backend);
  return on && place >= 0
    ? { place, microBatch: on.microBatch, hasRestarted: false, isAlone: false }
    : { place: 0, microBatch: null, hasRestarted: false, isAlone: false };
}

/** The bits are another backend's from here on. */
function tellIfGone({ checkpoint, emit }: FitJob, choices: readonly BackendChoice[]) {
  if (!checkpoint) return;
  const { on, epoch } = loopStateIn(checkpoint);
  const to = choices[0]?.backend;
  if (!on || !to || choices.some(({ backend }) => backend === on.backend)) return;
  const from = on.backend;
  const notice = { type: 'moved', epoch: epoch + 1, from, to, cause: 'gone', message: '' } as const;
  emit({ type: 'notice', notice });
}

type Attempt = {
  /** From where to go on; null: from where this one did. */
  checkpoint: ArrayBuffer | null;
} & (
  | { result: FitResult; failure: Failure | null }
  | { result: null; failure: Failure | null; error: StudioError }
);

async function attemptOn(
  { backend, reason }: BackendChoice,
  { microBatch, isAlone }: Footing,
  job: FitJob & { budget: ProbeBudget },
  spec: NetworkSpec,
  start: typeof startHost,
): Promise<Attempt> {
  const { config, train } = job;
  const { startHelper } = job;
  let network;
  let device: DeviceWatch | undefined;
  let workers: WorkersChoice | undefined;
  const failureOf = (checkpoint: ArrayBuffer | null, cause: Failure['cause'], message: string) => ({
    ...failureAt(checkpoint ?? job.checkpoint, cause, message),
    workers: workers?.count ?? 1,
  });
  try {
    await start(backend);
    device = watchDevice(backend);
    if (backend === 'wasm' && !isAlone)
      workers = await chooseWorkers(
        {
          ...{ spec, config, train, checkpoint: job.checkpoint, budget: job.budget },
          ...(startHelper && { startHelper }),
        },
        job.probeMemory,
      );
    network = buildNetwork(spec, config.seed);
    const { outcome, bestEpoch, lastGood } = await runLoop({
      ...job,
      ...{ network, backend, reason },
      l2: l2Of(config, train.targets.values.length),
      ...(microBatch !== null && { microBatch }),
      ...(workers && { workers }),
      ...(workers && workers.count > 1 && startHelper && { crew: crewOf(workers, startHelper) }),
      device,
    });
    return {
      result: { spec, weights: await network.pack(), outcome, bestEpoch, backend },
      checkpoint: lastGood,
      failure: outcome === 'diverged' ? failureOf(lastGood, outcome, '') : null,
    };
  } catch (thrown) {
    const broke = thrown instanceof BrokenRun ? thrown : null;
    const error = broke?.cause ?? reviveError(thrown);
    const cause = causeOf(error);
    const checkpoint = broke?.checkpoint ?? null;
    const failure = cause && failureOf(checkpoint, cause, error.message);
    return { result: null, checkpoint, failure, error };
  } finally {
    network?.dispose();
    device?.stop();
  }
}

function crewOf({ count, averageEvery }: WorkersChoice, startHelper: StartHelper) {
  return { workers: count, averageEvery, startHelper };
}

function failureAt(
  checkpoint: ArrayBuffer | null,
  cause: Failure['cause'],
  message: string,
): Omit<Failure, 'workers'> {
  return { cause, message, epoch: checkpoint ? loopStateIn(checkpoint).epoch + 1 : 1 };
}
