/**
 * Trains one model on features and targets that are ready: the one entry for pipelines. Whatever the
 * solver, the result is a network with its best weights.
 */
import { reviveError, StudioError } from '../../lib/errors.ts';
import { buildNetwork } from '../../models/engine/network.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { RunConfig } from '../run.ts';
import { startHost } from './backend.ts';
import type { TrainingRows } from './batches.ts';
import { chooseBackend } from './choose-backend.ts';
import { l2Of, type FitJob, type FitResult } from './fit-job.ts';
import { fitClosedForm } from './fit-closed-form.ts';
import { fitLbfgs } from './fit-lbfgs.ts';
import { runLoop } from './loop.ts';
import { outputsOf } from './objective.ts';

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

/** On the best backend that works; when one fails midway, on the next one from the last checkpoint. */
async function fitNetwork(job: FitJob, spec: NetworkSpec): Promise<FitResult> {
  const { config, train } = job;
  const choices = await chooseBackend({ spec, config, train }, job.probeMemory);
  let { checkpoint } = job;
  for (const [i, { backend, reason }] of choices.entries()) {
    const isLast = i === choices.length - 1;
    let network;
    try {
      await startHost(backend);
      network = buildNetwork(spec, config.seed);
      const { outcome, bestEpoch } = await runLoop({
        ...job,
        network,
        backend,
        reason,
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
      if (isLast || cause.code === 'corrupt' || cause.code === 'bad-config') throw cause;
      const next = choices[i + 1]?.backend ?? '';
      job.emit({
        type: 'notice',
        message: `${backend} gave up (${cause.message}); going on with ${next}`,
      });
    } finally {
      network?.dispose();
    }
  }
  throw new Error('unreachable: the last candidate returned or threw');
}
