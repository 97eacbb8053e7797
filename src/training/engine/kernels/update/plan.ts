/** An optimiser over all weights as one array, by one kernel call. The formulas are optimizer.ts's. */
import type { OptimizerSpec } from '../../../run.ts';
import type { OptimizerState } from '../../optimizer.ts';
import type { Kernels } from '../kernels.ts';
import type { Workspace } from '../workspace.ts';

/** Names of what an optimiser keeps beside each weight. */
export function slotsOf(spec: OptimizerSpec): readonly string[] {
  switch (spec.type) {
    case 'sgd':
      return spec.momentum === 0 ? [] : ['velocity'];
    case 'adam':
    case 'adamw':
      return ['first', 'second'];
    case 'rmsprop':
      return ['average'];
  }
}

/** Some of all trainable numbers, from one to before another; both are multiples of 4. */
export type Slice = readonly [from: number, to: number];

export interface PlannedUpdate {
  /** @param slice absent: all */
  apply(learningRate: number, slice?: Slice): void;
  /** How many there have been. */
  steps: number;
  /**
   * @param sizes of the variables, in order; @param values of the slots, each for all variables
   * @returns views of these
   */
  save(sizes: readonly number[], values: readonly Float32Array[]): OptimizerState;
  /** @returns values of the slots, to be put where they lie */
  restore(state: OptimizerState): Float32Array<ArrayBuffer>[];
}

/** One step, in place. @param at in bytes; `count` is a multiple of 4 @param steps counts from 1 */
export function applyUpdate(
  kernels: Kernels,
  spec: OptimizerSpec,
  at: { weights: number; gradients: number; slots: readonly number[]; count: number },
  { rate, steps }: { rate: number; steps: number },
) {
  const { weights, gradients, slots, count } = at;
  const [first = 0, second = 0] = slots;
  switch (spec.type) {
    case 'sgd': {
      const nesterov = spec.nesterov ? 1 : 0;
      const { momentum, weightDecay = 0 } = spec;
      kernels.updateSgd(
        ...([weights, gradients, first, count, rate, momentum, nesterov, weightDecay] as const),
      );
      return;
    }
    case 'adam':
    case 'adamw': {
      const { beta1, beta2, epsilon, weightDecay } = spec;
      const isDecoupled = spec.type === 'adamw';
      kernels.updateAdam(
        ...([weights, gradients, first, second, count, rate / (1 - beta1 ** steps)] as const),
        ...([1 / (1 - beta2 ** steps), beta1, beta2, epsilon] as const),
        ...([isDecoupled ? 0 : weightDecay, isDecoupled ? 1 - rate * weightDecay : 1] as const),
      );
      return;
    }
    case 'rmsprop': {
      const { decay, epsilon, weightDecay = 0 } = spec;
      kernels.updateRmsprop(
        ...([weights, gradients, first, count, rate, decay, epsilon, weightDecay] as const),
      );
      return;
    }
  }
}

export function planUpdate(
  workspace: Workspace,
  spec: OptimizerSpec,
  at: { weights: number; gradients: number; slots: readonly number[]; parameters: number },
): PlannedUpdate {
  const { slots, parameters } = at;
  const count = 4 * Math.ceil(parameters / 4); // what pads the arrays is 0, and stays 0
  let steps = 0;
  return {
    apply(rate, [from, to] = [0, count]) {
      steps++;
      const [weights, gradients] = [at.weights + 4 * from, at.gradients + 4 * from];
      const own = { weights, gradients, slots: slots.map((slot) => slot + 4 * from) };
      applyUpdate(workspace.kernels, spec, { ...own, count: to - from }, { rate, steps });
    },
    get steps() {
      return steps;
    },
    set steps(count) {
      steps = count;
    },
    save(sizes, values) {
      const kept: Float32Array[] = [];
      let from = 0;
      for (const size of sizes) {
        for (const slot of values) kept.push(slot.subarray(from, from + size));
        from += size;
      }
      return { steps, slots: kept };
    },
    restore(state) {
      ({ steps } = state);
      const values = slots.map(() => new Float32Array(parameters));
      let from = 0;
      for (let i = 0; i < state.slots.length; i += slots.length) {
        values.forEach((slot, k) => slot.set(state.slots[i + k] ?? [], from));
        from += state.slots[i]?.length ?? 0;
      }
      return values;
    },
  };
}
