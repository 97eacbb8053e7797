/**
 * Training steps by a plan of WebAssembly kernels: a step allocates nothing and touches no tensor. The network's
 * own variables are only read and written when weights are loaded and stored.
 */
import type { Network } from '../../../models/engine/network.ts';
import type { StepJob, StepRunner } from '../steps.ts';
import { planStep, type StepPlan } from './step-plan.ts';
import { OutOfWorkspace, Workspace } from './workspace.ts';

/** Null for a network that doesn't fit, or where WebAssembly has no vectors. */
export function createPlannedSteps(job: StepJob): StepRunner | null {
  const workspace = Workspace.start();
  try {
    return workspace && plannedSteps(job, workspace);
  } catch (error) {
    if (error instanceof OutOfWorkspace) return null;
    throw error;
  }
}

function plannedSteps(job: StepJob, workspace: Workspace): StepRunner {
  const { network, config, train } = job;
  const mostRows = Math.min(config.batchSize, train.targets.values.length);
  const plan = planStep({ ...job, spec: network.spec, mostRows }, workspace);
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
  plan: StepPlan,
): Pick<StepRunner, 'loadWeights' | 'storeWeights' | 'saveOptimizer' | 'restoreOptimizer'> {
  return {
    async loadWeights() {
      plan.loadWeights(new Float32Array((await network.pack()).bytes));
    },
    storeWeights() {
      const tensors = network.variables.map(({ name, shape }) => ({ name, shape }));
      network.load({ tensors, bytes: plan.storeWeights().buffer });
      return Promise.resolve();
    },
    saveOptimizer: () =>
      Promise.resolve(plan.saveOptimizer(network.trainable.map((one) => one.variable.size))),
    restoreOptimizer: (state) => plan.restoreOptimizer(state),
  };
}
