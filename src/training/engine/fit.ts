/**
 * Trains one model on features and targets that are ready: the one entry for pipelines. Whatever the
 * solver, the result is a network with its best weights.
 */
import { reviveError, StudioError } from '../../lib/errors.ts';
import { buildNetwork } from '../../models/engine/network.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { Backend, BackendReason, RunConfig, WorkersChoice } from '../run.ts';
import { startBackend } from './backend.ts';
import type { TrainingRows } from './batches.ts';
import { chooseBackend } from './choose-backend.ts';
import { chooseWorkers } from './choose-workers.ts';
import { l2Of, type FitJob, type FitResult } from './fit-job.ts';
import { fitClosedForm } from './fit-closed-form.ts';
import { fitLbfgs } from './fit-lbfgs.ts';
import { runLoop } from './loop.ts';
import { outputsOf } from './targets.ts';

/** @throws StudioError `no-backend`, `out-of-memory`, `corrupt` */
export async function fitModel(job: FitJob): Promise<FitResult> {
  const { config, train } = job;
  if (config.l1 > 0 && config.solver !== 'gradient-descent')
    throw new StudioError(
      'bad-config',
      `setting "l1": ${config.l1} needs the solver gradient-descent`,
    );
  const spec = specFor(config, train);
  switch (config.solver) {
    case 'closed-form':
      return fitClosedForm(job, spec);
    case 'lbfgs':
      return fitLbfgs(job, spec);
    case 'gradient-descent':
      return fitNetwork(job, spec);
  }
}

function specFor(config: RunConfig, train: TrainingRows): NetworkSpec {
  return {
    inputShape: [train.width],
    layers: [
      ...config.layers,
      { type: 'dense', units: outputsOf(train.targets), activation: 'linear' },
    ],
  };
}

/** One way to compute a run. */
interface Attempt {
  backend: Backend;
  reason: BackendReason;
  /** At most. */
  workers: number;
}

/** On the best backend that works; when one fails midway, on the next one from the last checkpoint. */
async function fitNetwork(job: FitJob, spec: NetworkSpec): Promise<FitResult> {
  const { config, train, startHelper } = job;
  const attempts = (await chooseBackend({ spec, config, train }, job.probeMemory)).map(
    (choice): Attempt => ({ ...choice, workers: Infinity }),
  );
  let { checkpoint } = job;
  for (let i = 0; ; i++) {
    const attempt = attempts[i];
    if (!attempt) throw new Error('unreachable: the last attempt returned or threw');
    const { backend, reason, workers: most } = attempt;
    let network;
    let workers: WorkersChoice | undefined;
    try {
      await startBackend(backend);
      if (backend === 'wasm' && most > 1)
        workers = await chooseWorkers(
          { spec, config, train, checkpoint, ...(startHelper && { startHelper }) },
          job.probeMemory,
        );
      network = buildNetwork(spec, config.seed);
      const { outcome, bestEpoch } = await runLoop({
        ...job,
        network,
        backend,
        reason,
        ...(workers && { workers }),
        ...(workers && startHelper && { crew: { ...crewOf(workers), startHelper } }),
        l2: l2Of(config, train.targets.values.length),
        checkpoint,
        saveCheckpoint(bytes) {
          checkpoint = bytes;
          return job.saveCheckpoint(bytes);
        },
      });
      job.emit({ type: 'finished', outcome, bestEpoch });
      return { spec, weights: await network.pack(), outcome, bestEpoch, backend };
    } catch (error) {
      const cause = reviveError(error);
      // What several workers couldn't, one may.
      const count = workers?.count ?? 1;
      if (count > 1)
        attempts.splice(i + 1, 0, {
          backend,
          reason: { type: 'instead', of: backend },
          workers: 1,
        });
      const next = attempts[i + 1];
      if (!next || cause.code === 'corrupt' || cause.code === 'bad-config') throw cause;
      const failed = count > 1 ? `${backend} on ${count} workers` : backend;
      const instead = count > 1 ? 'one worker' : next.backend;
      job.emit({
        type: 'notice',
        message: `${failed} gave up (${cause.message}); going on with ${instead}`,
      });
    } finally {
      network?.dispose();
    }
  }
}

function crewOf({ count, averageEvery }: WorkersChoice) {
  return { workers: count, averageEvery };
}
