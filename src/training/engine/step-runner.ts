/**
 * One update of a network's weights: by a plan of our own kernels where there is one, else by tfjs operations.
 * When to update, and with which rows, is the loop's business.
 */
import { StudioError } from '../../lib/errors.ts';
import {
  add,
  dispose,
  keep,
  mul,
  scalar,
  sign,
  stack,
  tidy,
  variableGrads,
  type Scalar,
  type Tensor,
} from '../../models/engine/tf.ts';
import { createBatches } from './batches.ts';
import { createPlannedSteps } from './kernels/planned-steps.ts';
import { lossOf } from './objective.ts';
import { createOptimizer } from './optimizer.ts';
import { createParallelSteps } from './parallel/parallel-steps.ts';
import type { StepJob, StepRunner } from './steps.ts';

/** By the workers that the job has, or one where several can't. @throws StudioError `internal` when one can't start */
export async function openStepRunner(job: StepJob): Promise<StepRunner> {
  const { crew, backend } = job;
  const isParallel = backend === 'wasm' && crew && crew.workers > 1;
  return (isParallel ? await createParallelSteps(job, crew) : null) ?? createStepRunner(job);
}

/** The quickest that there is for this network on this backend, by one worker. */
export function createStepRunner(job: StepJob): StepRunner {
  return (job.backend === 'wasm' ? createPlannedSteps(job) : null) ?? createTensorSteps(job);
}

/** By tfjs, on whatever backend it runs. */
export function createTensorSteps({ network, backend, config, l2, train }: StepJob): StepRunner {
  const variables = network.trainable.map(({ variable }) => variable);
  const optimizer = createOptimizer(config.optimizer, variables);
  const batches = createBatches(train, backend);
  const losses: { value: Scalar; rows: number }[] = [];

  return {
    get unread() {
      return losses.length;
    },
    step(rows, learningRate, dropout) {
      const { value, gradients } = tidy(() => {
        const batch = batches.take(rows);
        const { value: mean, grads } = variableGrads(() => {
          const outputs = network.forward(batch.x, { training: true, random: dropout });
          const sum = lossOf(train.targets.type, outputs, batch.y, batch.weights);
          return mul<Scalar>(sum, scalar(1 / rows.length));
        }, variables);
        return {
          value: keep(mul<Scalar>(mean, scalar(rows.length))),
          gradients: network.trainable.map(({ variable, isKernel }) => {
            const gradient = grads[variable.name];
            if (!gradient) throw new StudioError('internal', `No gradient for ${variable.name}`);
            return keep(isKernel ? regularised(gradient, variable, l2, config.l1) : gradient);
          }),
        };
      });
      optimizer.apply(gradients, learningRate);
      dispose(gradients);
      losses.push({ value, rows: rows.length });
    },
    async readLosses() {
      if (losses.length === 0) return [];
      const kept = losses.splice(0);
      const all = stack(kept.map(({ value }) => value));
      const values = await all.data<'float32'>();
      dispose([all, ...kept.map(({ value }) => value)]);
      return kept.map(({ rows }, i) => ({ sum: values[i] ?? NaN, rows }));
    },
    // The network's variables are what is updated.
    loadWeights: () => Promise.resolve(),
    storeWeights: () => Promise.resolve(),
    saveOptimizer: () => optimizer.save(),
    restoreOptimizer(state) {
      optimizer.restore(state);
    },
    dispose() {
      dispose(losses.map(({ value }) => value));
      optimizer.dispose();
      batches.dispose();
    },
  };
}

function regularised(gradient: Tensor, weight: Tensor, l2: number, l1: number): Tensor {
  let sum = gradient;
  if (l2 > 0) sum = add(sum, mul(weight, scalar(l2)));
  if (l1 > 0) sum = add(sum, mul(sign(weight), scalar(l1)));
  return sum;
}
