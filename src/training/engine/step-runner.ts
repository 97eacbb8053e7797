/**
 * One update of a network's weights: by a plan of our own kernels where there is one, else by tfjs operations.
 * When to update, and with which rows, is the loop's business.
 */
import { StudioError } from '../../lib/errors.ts';
import { Random } from '../../lib/random.ts';
import { given } from '../../models/engine/layers/layer.ts';
import {
  add,
  dispose,
  mul,
  scalar,
  sign,
  stack,
  tidy,
  variableGrads,
  type Scalar,
  type Tensor,
} from '../../models/engine/tf.ts';
import type { Backend } from '../run.ts';
import { startBackend } from './backend.ts';
import { createBatches } from './batches.ts';
import { clipGradients, sumOfSquares } from './clip-gradients.ts';
import { createPlannedSteps } from './kernels/planned-steps.ts';
import { lossOf } from './objective.ts';
import { createOptimizer } from './optimizer.ts';
import { createParallelSteps } from './parallel/parallel-steps.ts';
import { rowsOfParts, type StepJob, type StepRunner } from './steps.ts';

/** By the workers that the job has, or one where several can't. @throws StudioError `internal` when one can't start */
export async function openStepRunner(job: StepJob): Promise<StepRunner> {
  const { crew, backend } = job;
  const isParallel = backend === 'wasm' && crew && crew.workers > 1 && !job.lossScale;
  return (isParallel ? await createParallelSteps(job, crew) : null) ?? createStepRunner(job);
}

/**
 * The quickest that there is for this network on this backend, by one worker.
 * @throws StudioError `no-backend` for a network that WebGPU can't train. tfjs doesn't take over there: its WebGPU
 * backend (4.22.0) gave other outputs than cpu for a small network with a masked embedding
 */
export async function createStepRunner(
  job: StepJob,
  /** Null for a network that it has no plan of. */
  planOnWasm: (job: StepJob) => StepRunner | null = createPlannedSteps,
  start: (backend: Backend) => Promise<void> = startBackend,
): Promise<StepRunner> {
  switch (job.backend) {
    case 'wasm': {
      const planned = planOnWasm(job);
      if (!planned) await start('wasm');
      return planned ?? createTensorSteps(job);
    }
    case 'webgpu': {
      if (job.lossScale)
        throw new StudioError('no-backend', 'WebGPU has no loss scaling: each step would wait');
      const { createWebGpuSteps } = await import('./kernels/webgpu/steps.ts');
      const steps = await createWebGpuSteps(job);
      if (steps) return steps;
      throw new StudioError('no-backend', "WebGPU is missing, or the network doesn't fit there");
    }
    default:
      return createTensorSteps(job);
  }
}

/** By tfjs, on whatever backend it runs. */
export function createTensorSteps(job: StepJob): StepRunner {
  const { network, backend, config, l2, train, lossScale } = job;
  const variables = network.trainable.map(({ variable }) => variable);
  const optimizer = createOptimizer(config.optimizer, variables);
  const batches = createBatches(train, backend);
  const losses: { value: Scalar; rows: number }[] = [];
  /** An update broke off in the middle. */
  let isTorn = false;

  /** @returns the part's share of the batch's mean loss, and of its gradients */
  const computePart = (part: Uint32Array, batch: number, random: Random, firstRow: number) =>
    tidy(() => {
      const { x, y, weights } = batches.take(part);
      const { value, grads } = variableGrads(() => {
        const outputs = network.forward(x, { training: true, random, firstRow });
        const sum = lossOf(train.targets.type, outputs, y, weights);
        return mul<Scalar>(sum, scalar((lossScale?.value ?? 1) / batch));
      }, variables);
      const gradients = network.trainable.map(({ variable }) => {
        const gradient = grads[variable.name];
        if (!gradient) throw new StudioError('internal', `No gradient for ${variable.name}`);
        return gradient;
      });
      return { value, gradients };
    });

  /** Part after part, their gradients summed; each draws the masks that are its rows'. */
  const compute = (rows: Uint32Array, dropout: Random) => {
    const size = rowsOfParts(rows.length, job.microBatch ?? rows.length);
    const drawn = dropout.save();
    let all = computePart(rows.subarray(0, size), rows.length, dropout, 0);
    for (let from = size; from < rows.length; from += size) {
      const before = all;
      all = tidy(() => {
        const part = rows.subarray(from, from + size);
        const next = computePart(part, rows.length, Random.restore(drawn), from);
        return {
          value: add<Scalar>(before.value, next.value),
          gradients: next.gradients.map((gradient, i) => add(gradient, given(before.gradients[i]))),
        };
      });
      dispose([before.value, ...before.gradients]);
    }
    return all;
  };

  return {
    get unread() {
      return losses.length;
    },
    step(rows, learningRate, dropout) {
      const { value, gradients } = tidy(() => {
        const scale = lossScale?.value ?? 1;
        const sums = compute(rows, dropout);
        const value = mul<Scalar>(sums.value, scalar(rows.length / scale));
        const raw = sums.gradients.map((gradient) =>
          scale === 1 ? gradient : mul(gradient, scalar(1 / scale)),
        );
        const isFinite = !lossScale || Number.isFinite(sumOfSquares(raw).dataSync()[0]); // waits for the device
        lossScale?.observe(isFinite);
        if (!isFinite) return { value, gradients: [] };
        const gradients = network.trainable.map(({ variable, isKernel }, i) => {
          const gradient = given(raw[i]);
          return isKernel ? regularised(gradient, variable, l2, config.l1) : gradient;
        });
        const { clipping } = config;
        return { value, gradients: clipping ? clipGradients(gradients, clipping) : gradients };
      });
      losses.push({ value, rows: rows.length });
      if (gradients.length === 0) return;
      isTorn = true;
      try {
        optimizer.apply(gradients, learningRate);
      } finally {
        dispose(gradients);
      }
      isTorn = false;
    },
    async readLosses() {
      if (losses.length === 0) return [];
      const kept = losses.splice(0);
      const all = stack(kept.map(({ value }) => value));
      dispose(kept.map(({ value }) => value));
      try {
        const values = await all.data<'float32'>();
        return kept.map(({ rows }, i) => ({ sum: values[i] ?? NaN, rows }));
      } finally {
        all.dispose();
      }
    },
    // The network's variables are what is updated.
    loadWeights: () => Promise.resolve(),
    storeWeights: () => Promise.resolve(),
    async readWeights() {
      if (isTorn) throw new StudioError('internal', 'A step broke off in the middle of its update');
      return Promise.all(network.variables.map((variable) => variable.data<'float32'>()));
    },
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
