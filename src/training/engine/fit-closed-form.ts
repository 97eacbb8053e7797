/** Linear regression by the normal equations, told as a run of one epoch. */
import { StudioError } from '../../lib/errors.ts';
import type { NetworkSpec } from '../../models/spec.ts';
import { Breath, Stopped } from './breath.ts';
import type { FitJob, FitResult } from './fit-job.ts';
import { denseWeights, linearFigures, requireNumbers } from './linear-model.ts';
import { fitLeastSquares } from './solvers/closed-form.ts';

/** @throws StudioError `cancelled` where it is stopped: there is no half of an answer */
export async function fitClosedForm(job: FitJob, spec: NetworkSpec): Promise<FitResult> {
  const { train, validation, config } = job;
  const { values } = requireNumbers(train.targets);
  let started = performance.now();
  const breath = new Breath(job.control, (ms) => (started += ms));
  job.emit({
    type: 'started',
    backend: 'cpu',
    reason: { type: 'solver' },
    parameters: train.width + 1,
    stepsPerEpoch: 1,
    epoch: 0,
  });
  const { weights, intercept } = await breath
    .drive(fitLeastSquares(train.features, values, train.width, config.l2))
    .catch((error: unknown) => {
      if (!(error instanceof Stopped)) throw error;
      throw new StudioError('cancelled', 'Stopped before the equations were solved');
    });
  const packed = denseWeights(Float64Array.of(...weights, intercept), train.width, 1);
  job.emit({
    type: 'epoch',
    epoch: 1,
    best: true,
    train: linearFigures(train, packed),
    ...(validation && { validation: linearFigures(validation, packed) }),
    learningRate: 0,
    seconds: (performance.now() - started) / 1000,
  });
  job.emit({ type: 'finished', outcome: 'completed', bestEpoch: 1 });
  return { spec, weights: packed, outcome: 'completed', bestEpoch: 1, backend: 'cpu' };
}
