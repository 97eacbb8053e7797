/**
 * Training steps of a matrix factorisation: of values (ratings) by squared error, or of what is preferred to what by
 * Bayesian personalised ranking. The tables are [users, factors], [items, factors], biases [users] and [items].
 */
import type { OptimizerSpec } from '../../../run.ts';
import type { OptimizerState } from '../../optimizer.ts';
import { planUpdate, slotsOf } from '../update/plan.ts';
import { WasmWorkspace } from '../wasm-workspace.ts';
import { OutOfWorkspace } from '../workspace.ts';

export interface FactorisationJob {
  users: number;
  items: number;
  factors: number;
  /** Most examples of a batch. */
  batchSize: number;
  optimizer: OptimizerSpec;
  /** The weight of ½ Σw² in the mean loss, of all tables. */
  l2: number;
  /** Added to every answer: the mean of the values. */
  constant: number;
}

/** As many of each as the batch has examples; weights absent: all alike. */
export interface FactorisationBatch {
  users: ArrayLike<number>;
  items: ArrayLike<number>;
  weights?: ArrayLike<number>;
  /** What is learned: values, or the items that were not chosen. */
  learned: { values: ArrayLike<number> } | { others: ArrayLike<number> };
}

export interface FactorisationSteps {
  /** @returns Σ weight · loss over the batch, before the update */
  step(batch: FactorisationBatch, learningRate: number): number;
  /** All tables, one after the other; a view. */
  readonly tables: Float32Array;
  /** Its slots are views. */
  saveOptimizer(): OptimizerState;
  restoreOptimizer(state: OptimizerState): void;
}

/** Null where WebAssembly has no vectors, or the tables don't fit. @param tables how they start */
export function createFactorisationSteps(
  job: FactorisationJob,
  tables: Float32Array,
): FactorisationSteps | null {
  const workspace = WasmWorkspace.start();
  try {
    return workspace && steps(job, tables, workspace);
  } catch (error) {
    if (error instanceof OutOfWorkspace) return null;
    throw error;
  }
}

function steps(
  { users, items, factors, batchSize, optimizer, l2, constant }: FactorisationJob,
  start: Float32Array,
  workspace: WasmWorkspace,
): FactorisationSteps {
  const { kernels } = workspace;
  const count = (users + items) * (factors + 1);
  if (start.length !== count)
    throw new Error(`the tables have ${count} numbers, not ${start.length}`);
  const [weights, gradients] = [workspace.reserve(count), workspace.reserve(count)];
  const slots = slotsOf(optimizer).map(() => workspace.reserve(count));
  const [ofUsers, ofItems, ofLearned, ofWeights] = [
    workspace.reserve(batchSize),
    workspace.reserve(batchSize),
    workspace.reserve(batchSize),
    workspace.reserve(batchSize),
  ];
  const update = planUpdate(workspace, optimizer, {
    ...{ weights, gradients, slots, parameters: count },
  });
  const { floats } = workspace;
  floats.set(start, weights / 4);
  return {
    step(batch, learningRate) {
      const n = batch.users.length;
      floats.set(batch.users, ofUsers / 4);
      floats.set(batch.items, ofItems / 4);
      if (batch.weights) floats.set(batch.weights, ofWeights / 4);
      else floats.fill(1, ofWeights / 4, ofWeights / 4 + n);
      kernels.clear(gradients, count);
      const { learned } = batch;
      const sizes = [n, users, items, factors] as const;
      let sum: number;
      if ('values' in learned) {
        floats.set(learned.values, ofLearned / 4);
        sum = kernels.factoriseValues(
          ...([ofUsers, ofItems, ofLearned, ofWeights, weights, gradients] as const),
          ...([...sizes, constant, 1 / n] as const),
        );
      } else {
        floats.set(learned.others, ofLearned / 4);
        sum = kernels.factorisePairs(
          ...([ofUsers, ofItems, ofLearned, ofWeights, weights, gradients] as const),
          ...([...sizes, 1 / n] as const),
        );
      }
      if (l2 > 0) kernels.regularise(gradients, weights, count, l2, 0);
      update.apply(learningRate);
      return sum;
    },
    get tables() {
      return floats.subarray(weights / 4, weights / 4 + count);
    },
    saveOptimizer() {
      const values = slots.map((at) => floats.subarray(at / 4, at / 4 + count));
      return update.save([count], values);
    },
    restoreOptimizer(state) {
      update.restore(state).forEach((values, i) => floats.set(values, (slots[i] ?? 0) / 4));
    },
  };
}
