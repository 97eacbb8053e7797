/** Linear regression by the normal equations, told as a run of one epoch. */
import type { NetworkSpec } from '../../models/spec.ts';
import type { FitJob, FitResult } from './fit-job.ts';
import { denseWeights, linearFigures, requireNumbers } from './linear-model.ts';
import { fitLeastSquares } from './solvers/closed-form.ts';

export function fitClosedForm(job: FitJob, spec: NetworkSpec): FitResult {
  const { train, validation, config } = job;
  const { values } = requireNumbers(train.targets);
  const started = performance.now();
  job.emit({
    type: 'started',
    backend: 'cpu',
    reason: { type: 'solver' },
    parameters: train.width + 1,
    stepsPerEpoch: 1,
    epoch: 0,
  });
  const { weights, intercept } = fitLeastSquares(train.features, values, train.width, config.l2);
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
