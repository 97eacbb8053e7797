/**
 * Training steps by a plan of WebAssembly kernels: a step allocates nothing and touches no tensor. The network's
 * own variables are only read and written when weights are loaded and stored.
 */
import { outputsOf, targetRows } from '../objective.ts';
import type { StepJob, StepRunner } from '../steps.ts';
import { planStep } from './step-plan.ts';
import { WasmWorkspace } from './wasm-workspace.ts';
import { OutOfWorkspace } from './workspace.ts';

/** Null for a network that doesn't fit, or where WebAssembly has no vectors. */
export function createPlannedSteps(job: StepJob): StepRunner | null {
  const workspace = WasmWorkspace.start();
  try {
    return workspace && plannedSteps(job, workspace);
  } catch (error) {
    if (error instanceof OutOfWorkspace) return null;
    throw error;
  }
}

function plannedSteps(job: StepJob, workspace: WasmWorkspace): StepRunner {
  const { network } = job;
  const plan = planStep(job, workspace);
  const { update, slots, targets, rowWeights } = plan;
  const { input, parameters, trainableCount } = plan.network;
  let losses: { sum: number; rows: number }[] = [];

  return {
    get unread() {
      return losses.length;
    },
    step(batch, learningRate, dropout) {
      const sum = plan.step(
        batch,
        learningRate,
        () => dropout.word(),
        (part) => fillBatch(job, part, workspace.floats, { x: input, targets, rowWeights }),
      );
      losses.push({ sum, rows: batch.length });
    },
    readLosses() {
      const read = losses;
      losses = [];
      return Promise.resolve(read);
    },
    async loadWeights() {
      const values = new Float32Array((await network.pack()).bytes);
      let from = 0;
      for (const { at, size } of parameters) {
        workspace.floats.set(values.subarray(from, from + size), at / 4);
        from += size;
      }
    },
    storeWeights() {
      const tensors = network.variables.map(({ name, shape }) => ({ name, shape }));
      const total = parameters.reduce((sum, { size }) => sum + size, 0);
      const values = new Float32Array(total);
      let to = 0;
      for (const { at, size } of parameters) {
        values.set(workspace.floats.subarray(at / 4, at / 4 + size), to);
        to += size;
      }
      network.load({ tensors, bytes: values.buffer });
      return Promise.resolve();
    },
    saveOptimizer() {
      const values = slots.map((at) => workspace.floats.subarray(at / 4, at / 4 + trainableCount));
      return Promise.resolve(
        update.save(
          network.trainable.map(({ variable }) => variable.size),
          values,
        ),
      );
    },
    restoreOptimizer(state) {
      update.restore(state).forEach((values, i) => {
        workspace.floats.set(values, (slots[i] ?? 0) / 4);
      });
    },
    dispose: () => undefined, // the memory goes with the last reference to it
  };
}

function fillBatch(
  { train }: StepJob,
  batch: Uint32Array,
  floats: Float32Array,
  at: { x: number; targets: number; rowWeights: number },
) {
  const { features, width, targets, weights } = train;
  const x = at.x / 4;
  for (let i = 0; i < batch.length; i++) {
    const row = batch[i] ?? 0;
    floats.set(features.subarray(row * width, row * width + width), x + i * width);
    floats[at.rowWeights / 4 + i] = weights ? (weights[row] ?? 1) : 1;
  }
  const start = at.targets / 4;
  targetRows(targets, batch, floats.subarray(start, start + batch.length * outputsOf(targets)));
}
