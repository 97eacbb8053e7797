/**
 * A step of a matrix factorisation as calls of kernels, wherever these compute. Tables lie one after the other:
 * [users, factors], [items, factors], biases [users] and [items].
 */
import type { OptimizerSpec } from '../../../run.ts';
import { planUpdate, slotsOf, type PlannedUpdate } from '../update/plan.ts';
import type { Workspace } from '../workspace.ts';

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

export interface FactorisationPlan {
  /** Numbers of all tables. */
  count: number;
  /** Where they lie, and what the optimiser keeps beside them, in bytes. */
  tables: number;
  slots: readonly number[];
  update: PlannedUpdate;
  /** Where a batch lies: four columns of `batchSize` numbers. */
  batch: number;
  /** Of the batch that lies there. @returns Σ weight · loss before the update, where kernels give it at once */
  step(n: number, kind: 'values' | 'pairs', learningRate: number): number;
}

/** @throws OutOfWorkspace, NoPlan */
export function planFactorisation(job: FactorisationJob, workspace: Workspace): FactorisationPlan {
  const { users, items, factors, batchSize, optimizer, l2, constant } = job;
  const { kernels } = workspace;
  const count = (users + items) * (factors + 1);
  const [tables, gradients] = [workspace.reserve(count), workspace.reserve(count)];
  const slots = slotsOf(optimizer).map(() => workspace.reserve(count));
  const batch = workspace.reserve(4 * batchSize);
  const column = (i: number) => batch + 4 * i * batchSize;
  const update = planUpdate(workspace, optimizer, {
    ...{ weights: tables, gradients, slots, parameters: count },
  });
  return {
    ...{ count, tables, slots, update, batch },
    step(n, kind, learningRate) {
      const places = [column(0), column(1), column(2), column(3), tables, gradients] as const;
      const sizes = [n, users, items, factors] as const;
      kernels.clear(gradients, count);
      const sum =
        kind === 'values'
          ? kernels.factoriseValues(...places, ...sizes, constant, 1 / n)
          : kernels.factorisePairs(...places, ...sizes, 1 / n);
      if (l2 > 0) kernels.regularise(gradients, tables, count, l2, 0);
      update.apply(learningRate);
      return sum;
    },
  };
}

/** Puts a batch where the plan reads it. @param to from `batch` on */
export function fillBatch(
  to: Float32Array,
  { users, items, weights, learned }: FactorisationBatch,
  batchSize: number,
) {
  to.set(users, 0);
  to.set(items, batchSize);
  to.set('values' in learned ? learned.values : learned.others, 2 * batchSize);
  if (weights) to.set(weights, 3 * batchSize);
  else to.fill(1, 3 * batchSize, 3 * batchSize + users.length);
}

export const kindOf = ({ learned }: FactorisationBatch) =>
  'values' in learned ? 'values' : 'pairs';

/** @throws Error for tables of another size */
export function checkTables({ count }: FactorisationPlan, tables: Float32Array) {
  if (tables.length !== count)
    throw new Error(`the tables have ${count} numbers, not ${tables.length}`);
}
