/** Logistic and softmax regression to convergence, an epoch an iteration. */
import { StudioError } from '../../lib/errors.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { RunOutcome } from '../run.ts';
import { Breath, Stopped } from './breath.ts';
import { l2Of, type FitJob, type FitResult } from './fit-job.ts';
import { denseWeights, linearFigures, requireClasses } from './linear-model.ts';
import { minimise } from './solvers/lbfgs.ts';
import { logisticObjective, logitsFor } from './solvers/logistic.ts';

/** scikit-learn stops at 1e-4; a tighter end costs a few iterations and settles the fourth digit. */
const tolerance = 1e-6;

/** @throws StudioError `cancelled` where it is stopped before its first iteration ends */
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
  let started = performance.now();
  const breath = new Breath(control, (ms) => (started += ms));
  job.emit({
    type: 'started',
    backend: 'cpu',
    reason: { type: 'solver' },
    parameters: (width + 1) * outputs,
    stepsPerEpoch: 1,
    epoch: 0,
  });
  let parameters = new Float64Array((width + 1) * outputs);
  let epoch = 0;
  const run = async (): Promise<RunOutcome> => {
    for (const state of minimise(objective, parameters, tolerance)) {
      if (!state) {
        await breath.within();
        continue;
      }
      if (!Number.isFinite(state.value)) return 'diverged';
      epoch++;
      parameters = state.x.slice();
      const packed = denseWeights(parameters, width, outputs);
      const seconds = (performance.now() - started) / 1000;
      job.emit({
        type: 'progress',
        epoch,
        step: 1,
        loss: state.value,
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
      await breath.betweenSteps();
    }
    return 'completed';
  };
  const outcome = await run().catch((error: unknown): RunOutcome => {
    if (!(error instanceof Stopped)) throw error;
    if (epoch > 0) return 'stopped';
    throw new StudioError('cancelled', 'Stopped before the first iteration');
  });
  job.emit({ type: 'finished', outcome, bestEpoch: epoch });
  const weights = denseWeights(parameters, width, outputs);
  return { spec, weights, outcome, bestEpoch: epoch, backend: 'cpu' };
}
