/** Logistic and softmax regression to convergence, an epoch an iteration. */
import type { NetworkSpec } from '../../models/spec.ts';
import type { RunOutcome } from '../run.ts';
import { l2Of, type FitJob, type FitResult } from './fit-job.ts';
import { denseWeights, linearFigures, requireClasses } from './linear-model.ts';
import { minimise } from './solvers/lbfgs.ts';
import { logisticObjective, logitsFor } from './solvers/logistic.ts';

/** scikit-learn stops at 1e-4; a tighter end costs a few iterations and settles the fourth digit. */
const tolerance = 1e-6;

export async function fitLbfgs(job: FitJob, spec: NetworkSpec): Promise<FitResult> {
  const { config, train, validation, control } = job;
  const { values, classes } = requireClasses(train.targets);
  const { width } = train;
  const outputs = logitsFor(classes);
  const objective = logisticObjective({
    x: train.features,
    y: values,
    width,
    classes,
    l2: l2Of(config, values.length),
    rowWeights: train.weights && Float64Array.from(train.weights),
  });
  const started = performance.now();
  job.emit({
    type: 'started',
    backend: 'cpu',
    reason: { type: 'solver' },
    parameters: (width + 1) * outputs,
    stepsPerEpoch: 1,
    epoch: 0,
  });
  let parameters = new Float64Array((width + 1) * outputs);
  let outcome: RunOutcome = 'completed';
  let epoch = 0;
  for (const { x, value } of minimise(objective, parameters, tolerance)) {
    epoch++;
    parameters = x.slice();
    if (!Number.isFinite(value)) {
      outcome = 'diverged';
      break;
    }
    const packed = denseWeights(parameters, width, outputs);
    const seconds = (performance.now() - started) / 1000;
    job.emit({
      type: 'progress',
      epoch,
      step: 1,
      loss: value,
      examplesPerSecond: (epoch * values.length) / Math.max(1e-3, seconds),
      secondsLeft: ((config.epochs - epoch) * seconds) / epoch,
    });
    job.emit({
      type: 'epoch',
      epoch,
      best: true,
      train: linearFigures(train, packed),
      ...(validation && { validation: linearFigures(validation, packed) }),
      learningRate: 0,
      seconds,
    });
    if (epoch >= config.epochs) break;
    if ((await control.next()) === 'stop') {
      outcome = 'stopped';
      break;
    }
  }
  job.emit({ type: 'finished', outcome, bestEpoch: epoch });
  const weights = denseWeights(parameters, width, outputs);
  return { spec, weights, outcome, bestEpoch: epoch, backend: 'cpu' };
}
