/**
 * Training steps by a plan of WebAssembly kernels: a step allocates nothing and touches no tensor. The network's
 * own variables are only read and written when weights are loaded and stored.
 */
import { StudioError } from '../../../lib/errors.ts';
import type { Network } from '../../../models/engine/network.ts';
import type { StepJob, StepRunner } from '../steps.ts';
import { NoPlan } from './plan/layer-plan.ts';
import type { LayerPlanners } from './plan/plan-layer.ts';
import { planWasmStep, type WasmStepPlan } from './wasm-step-plan.ts';
import { WasmWorkspace } from './wasm-workspace.ts';
import { OutOfWorkspace } from './workspace.ts';

interface PlannedOptions {
  /** Absent: all that there are. */
  planners?: LayerPlanners;
  /** Of a piece of a step that is taken in parts; absent: as usual. */
  pieceOperations?: number;
}

/**
 * Null for layers without kernels, or where WebAssembly has no vectors.
 * @throws StudioError `out-of-memory` for a network that doesn't fit
 */
export function createPlannedSteps(
  job: StepJob,
  { planners, pieceOperations }: PlannedOptions = {},
): StepRunner | null {
  try {
    const workspace = WasmWorkspace.start(pieceOperations);
    return workspace && plannedSteps(job, workspace, planners);
  } catch (error) {
    if (error instanceof NoPlan) return null;
    if (error instanceof OutOfWorkspace)
      throw new StudioError('out-of-memory', error.message, { cause: error });
    throw error;
  }
}

function plannedSteps(
  job: StepJob,
  workspace: WasmWorkspace,
  planners?: LayerPlanners,
): StepRunner {
  const { network, config, train } = job;
  const mostRows = Math.min(config.batchSize, train.targets.values.length);
  const plan = planWasmStep(
    { ...job, spec: network.spec, mostRows, ...(planners && { planners }) },
    workspace,
  );
  let losses: { sum: number; rows: number }[] = [];

  return {
    get unread() {
      return losses.length;
    },
    step(batch, learningRate, dropout) {
      const key = plan.hasDropout ? dropout.word() : 0;
      const sum = plan.gradient(batch, { from: 0, of: batch.length, key });
      plan.update(learningRate);
      losses.push({ sum, rows: batch.length });
    },
    *stepInParts(batch, learningRate, dropout) {
      const key = plan.hasDropout ? dropout.word() : 0;
      const sum = yield* plan.gradientInParts(batch, { from: 0, of: batch.length, key });
      yield* plan.updateInParts(learningRate);
      losses.push({ sum, rows: batch.length });
    },
    readLosses() {
      const read = losses;
      losses = [];
      return Promise.resolve(read);
    },
    ...networkState(network, plan),
    dispose: () => undefined, // the memory goes with the last reference to it
  };
}

/** Weights and the optimiser's state between a plan and the network that it computes. */
export function networkState(
  network: Network,
  plan: WasmStepPlan,
): Pick<
  StepRunner,
  'loadWeights' | 'storeWeights' | 'readWeights' | 'saveOptimizer' | 'restoreOptimizer'
> {
  return {
    async loadWeights() {
      plan.loadWeights(new Float32Array((await network.pack()).bytes));
    },
    storeWeights() {
      network.loadArrays(plan.weights());
      return Promise.resolve();
    },
    readWeights: () => Promise.resolve(plan.weights()),
    saveOptimizer: () =>
      Promise.resolve(plan.saveOptimizer(network.trainable.map((one) => one.variable.size))),
    restoreOptimizer: (state) => plan.restoreOptimizer(state),
  };
}
