/** Logistic and softmax regression to convergence, an epoch an iteration. */
import { StudioError } from '../../lib/errors.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import type { RunOutcome } from '../run.ts';
import { Breath, Stopped } from './breath.ts';
import { Checkpointer } from './checkpointer.ts';
import { l2Of, type FitJob, type FitResult } from './fit-job.ts';
import { decodeLbfgs, encodeLbfgs } from './lbfgs-checkpoint.ts';
import { denseWeights, linearFigures, requireClasses } from './linear-model.ts';
import { minimise } from './solvers/lbfgs.ts';
import { logisticObjective, logitsFor } from './solvers/logistic.ts';

/** scikit-learn stops at 1e-4; a tighter end costs a few iterations and settles the fourth digit. */
const tolerance = 1e-6;

/** @throws StudioError `cancelled` where it is stopped before its first iteration ends; `corrupt` */
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
  const size = (width + 1) * outputs;
  const resumed = job.checkpoint && decodeLbfgs(job.checkpoint, size);
  let started = performance.now() - 1000 * (resumed?.seconds ?? 0);
  const secondsOf = () => (performance.now() - started) / 1000;
  const breath = new Breath(control, (ms) => (started += ms));
  let parameters = resumed?.state.x ?? new Float64Array(size);
  let epoch = resumed?.state.iteration ?? 0;
  const checkpoints = new Checkpointer(job.saveCheckpoint, 0, ({ code, message }) => {
    const notice = { type: 'not-stored', epoch: epoch + 1, code, message } as const;
    job.emit({ type: 'notice', notice });
  });
  let lastCheckpoint = performance.now();
  job.emit({
    type: 'started',
    backend: 'cpu',
    reason: { type: 'solver' },
    parameters: size,
    stepsPerEpoch: 1,
    epoch,
  });
  const begun = { epoch, seconds: resumed?.seconds ?? 0 };
  const run = async (): Promise<RunOutcome> => {
    for (const state of minimise(objective, resumed?.state ?? parameters, tolerance)) {
      if (!state) {
        await breath.within();
        continue;
      }
      if (!Number.isFinite(state.value)) return 'diverged';
      epoch = state.iteration;
      parameters = state.x;
      const packed = denseWeights(parameters, width, outputs);
      const seconds = secondsOf();
      const each = (seconds - begun.seconds) / (epoch - begun.epoch);
      job.emit({
        type: 'progress',
        epoch,
        step: 1,
        loss: state.value,
        examplesPerSecond: values.length / Math.max(1e-6, each),
        secondsLeft: (config.epochs - epoch) * each,
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
      const rest = performance.now() - lastCheckpoint;
      if (!checkpoints.isSaving && rest >= (job.checkpointEveryMs ?? checkpoints.restMs)) {
        await checkpoints.take(() => Promise.resolve(encodeLbfgs({ state, seconds })), epoch);
        lastCheckpoint = performance.now();
      }
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
