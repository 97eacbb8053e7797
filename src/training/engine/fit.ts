/**
 * Trains one model on features and targets that are ready: the one entry for pipelines. Whatever the
 * solver, the result is a network with its best weights.
 */
import { StudioError } from '../../lib/errors.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { NetworkConfig } from '../run.ts';
import type { TrainingRows } from './batches.ts';
import type { FitJob, FitResult } from './fit-job.ts';
import { fitClosedForm } from './fit-closed-form.ts';
import { fitLbfgs } from './fit-lbfgs.ts';
import { fitNetwork } from './fit-network.ts';
import { outputsOf } from './targets.ts';

/** @throws StudioError `no-backend`, `out-of-memory`, `corrupt` */
export async function fitModel(job: FitJob): Promise<FitResult> {
  const { config, train } = job;
  if (config.l1 > 0 && config.solver !== 'gradient-descent')
    throw new StudioError(
      'bad-config',
      `setting "l1": ${config.l1} needs the solver gradient-descent`,
    );
  const spec = networkFor(config, train);
  switch (config.solver) {
    case 'closed-form':
      return fitClosedForm(job, spec);
    case 'lbfgs':
      return fitLbfgs(job, spec);
    case 'gradient-descent':
      return fitNetwork(job, spec);
  }
}

/** Hidden layers as the settings say, and the last one that the target asks for. */
export function networkFor(config: NetworkConfig, train: TrainingRows): NetworkSpec {
  return {
    inputShape: [train.width],
    layers: [
      ...config.layers,
      { type: 'dense', units: outputsOf(train.targets), activation: 'linear' },
    ],
  };
}
