/**
 * Training steps by a plan of WebGPU kernels: the data lies on the graphics processor, a step is one upload and one
 * pass, and nothing is read back before losses, weights or the optimiser are asked for.
 */
import { StudioError } from '../../../../lib/errors.ts';
import { LossScale } from '../../loss-scale.ts';
import { rowsOfParts, type StepJob, type StepRunner } from '../../steps.ts';
import { outputsOf } from '../../targets.ts';
import type { Precision } from '../../../run.ts';
import { NoPlan } from '../plan/layer-plan.ts';
import { planStep, type StepPlan } from '../step-plan.ts';
import { OutOfWorkspace } from '../workspace.ts';
import { openGpu } from './device.ts';
import { gatherRows } from './gather.ts';
import { KeptLosses } from './kept-losses.ts';
import { GpuWorkspace } from './workspace.ts';

/** Here, so that the backend's code is loaded as one. */
export { countGpuSteps, mostGpuBytes } from './count.ts';

/**
 * The loss's factor in mixed precision: mean losses' gradients, some 1e-2 to 1e-7, lie with it where half precision
 * has all of its bits (6e-5 to 65,504). It needs no watching: what is too large is held to the largest, by tiles alone.
 */
const mixedScale = 2 ** 12;

/**
 * Null where there is no WebGPU, for layers without kernels, and where the loss is scaled by a factor that changes:
 * each step would wait. Where the run asks for mixed precision, products have it if the device does.
 * @throws StudioError `out-of-memory` for a network or data that don't fit
 */
export async function createWebGpuSteps(job: StepJob): Promise<StepRunner | null> {
  const gpu = await openGpu();
  if (!gpu || job.lossScale) return null;
  const isMixed = job.config.precision === 'mixed' && gpu.hasHalf;
  const workspace = new GpuWorkspace(gpu, isMixed ? 'f16' : 'f32');
  try {
    const { network, config, train } = job;
    const mostRows = Math.min(config.batchSize, train.targets.values.length);
    const lossScale = isMixed ? { lossScale: LossScale.fixed(mixedScale) } : {};
    const plan = planStep({ ...job, ...lossScale, spec: network.spec, mostRows }, workspace);
    return await gpuSteps(job, workspace, plan, isMixed ? 'mixed' : 'single');
  } catch (error) {
    workspace.dispose();
    if (error instanceof NoPlan) return null;
    if (error instanceof OutOfWorkspace)
      throw new StudioError('out-of-memory', error.message, { cause: error });
    throw error;
  }
}

async function gpuSteps(
  job: StepJob,
  workspace: GpuWorkspace,
  plan: StepPlan,
  precision: Precision,
): Promise<StepRunner> {
  const { network, config, train } = job;
  const { update, slots } = plan;
  const { parameters, trainableCount } = plan.network;
  const most = Math.min(config.batchSize, train.targets.values.length);
  const partsOf = (batch: number) => Math.ceil(batch / rowsOfParts(batch, job.microBatch ?? most));
  const losses = new KeptLosses(workspace, partsOf(most));
  /** Rows of the steps whose losses were not asked for yet. */
  let unread: number[] = [];

  const step = (batch: Uint32Array, learningRate: number, word: () => number) => {
    const key = plan.network.hasDropout ? word() : 0;
    plan.gradient(batch, { from: 0, of: batch.length, key }, (part, from) =>
      fill(job, workspace, plan, part, from),
    );
    plan.apply(learningRate);
  };
  const readWeights = () => workspace.read(parameters.map(({ at, size }) => ({ at, count: size })));

  const start = update.save([], []); // a rehearsal is no step
  await workspace.build(
    () =>
      step(
        Uint32Array.from({ length: most }, (_, i) => i),
        0,
        () => 0,
      ),
    most,
    dataOf(job),
  );
  update.restore(start);

  return {
    precision,
    get unread() {
      return unread.length;
    },
    step(batch, learningRate, dropout) {
      losses.expect(partsOf(batch.length));
      step(batch, learningRate, () => dropout.word());
      workspace.submit(batch);
      unread.push(batch.length);
    },
    async readLosses() {
      const read = unread;
      unread = [];
      const values = await losses.take();
      let from = 0;
      return read.map((rows) => {
        const own = values.subarray(from, (from += partsOf(rows)));
        return { sum: own.reduce((sum, value) => sum + value, 0), rows };
      });
    },
    async loadWeights() {
      const values = new Float32Array((await network.pack()).bytes);
      let from = 0;
      for (const { at, size } of parameters)
        workspace.write(at, values.slice(from, (from += size)));
    },
    async storeWeights() {
      network.loadArrays(await readWeights());
    },
    readWeights,
    async saveOptimizer() {
      const values = await workspace.read(slots.map((at) => ({ at, count: trainableCount })));
      return update.save(
        network.trainable.map(({ variable }) => variable.size),
        values,
      );
    },
    restoreOptimizer(state) {
      update.restore(state).forEach((values, i) => workspace.write(slots[i] ?? 0, values));
    },
    dispose: () => workspace.dispose(),
  };
}

/** Features, targets, and row weights where there are some. */
function dataOf({ train }: StepJob) {
  const { features, targets, weights } = train;
  const n = targets.values.length;
  return {
    count: features.length + n + (weights ? n : 0),
    fill(floats: Float32Array) {
      floats.set(features);
      floats.set(targets.values, features.length);
      if (weights) floats.set(weights, features.length + n);
    },
  };
}

function fill(
  { train }: StepJob,
  workspace: GpuWorkspace,
  { network, targets, rowWeights }: StepPlan,
  part: Uint32Array,
  first: number,
) {
  const { features, width } = train;
  const targetsAt = features.length;
  const weightsAt = train.weights ? targetsAt + train.targets.values.length : -1;
  workspace.record('gatherRows', gatherRows, [
    ...[network.input, targets, rowWeights, first, part.length, width],
    ...[outputsOf(train.targets), targetsAt, weightsAt],
  ]);
}
