/**
 * Optimisers whose whole state can be saved: a slot or two a variable, and the count of steps, from which
 * bias corrections follow in float64. Variables get new tensors, none is written in place (XNNPACK caches
 * packed weights by tensor).
 */
import { isFused, part, runFused } from '../../models/engine/fused/fused.ts';
import {
  add,
  div,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  tensor,
  tidy,
  variable,
  zerosLike,
  type Tensor,
  type Variable,
} from '../../models/engine/tf.ts';
import type { OptimizerSpec } from '../run.ts';

export interface Optimizer {
  /** @param gradients one a variable, in order */
  apply(gradients: readonly Tensor[], learningRate: number): void;
  /** @returns arrays that the next step doesn't change, though they aren't to be written to */
  save(): Promise<OptimizerState>;
  restore(state: OptimizerState): void;
  dispose(): void;
}

export interface OptimizerState {
  steps: number;
  slots: Float32Array[];
}

export function createOptimizer(spec: OptimizerSpec, variables: readonly Variable[]): Optimizer {
  const rule = ruleOf(spec);
  const slots = variables.map((v) =>
    Array.from({ length: rule.slots }, () => tidy(() => variable(zerosLike(v), false))),
  );
  let steps = 0;
  const assign = (target: Variable, value: Tensor) => {
    target.assign(value);
    value.dispose();
  };
  return {
    apply(gradients, learningRate) {
      steps++;
      variables.forEach((weight, i) => {
        const gradient = gradients[i];
        const own = slots[i] ?? [];
        if (!gradient) return;
        const next = tidy(() => rule.update(weight, gradient, own, learningRate, steps));
        next.slots.forEach((value, k) => {
          const slot = own[k];
          if (slot) assign(slot, value);
        });
        assign(weight, next.weight);
      });
    },
    async save() {
      const values = await Promise.all(slots.flat().map((slot) => slot.data<'float32'>()));
      return { steps, slots: values };
    },
    restore(state) {
      ({ steps } = state);
      slots.flat().forEach((slot, i) => {
        assign(slot, tensor(state.slots[i]?.slice() ?? new Float32Array(slot.size), slot.shape));
      });
    },
    dispose() {
      for (const slot of slots.flat()) slot.dispose();
    },
  };
}

interface Rule {
  slots: number;
  update(
    weight: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    learningRate: number,
    /** Counts from 1. */
    step: number,
  ): { weight: Tensor; slots: Tensor[] };
}

/** In one kernel a variable where the backend brings it. */
function ruleOf(spec: OptimizerSpec): Rule {
  const composed = composedRule(spec);
  return {
    slots: composed.slots,
    update(weight, gradient, slots, rate, steps) {
      if (!isFused('GlasshouseUpdate'))
        return composed.update(weight, gradient, slots, rate, steps);
      const [first, second] = slots;
      const inputs = { weight, gradient, first, second };
      const outputs = runFused('GlasshouseUpdate', inputs, { spec: { ...spec }, rate, steps });
      return { weight: part(outputs, 0), slots: outputs.slice(1) };
    },
  };
}

function composedRule(spec: OptimizerSpec): Rule {
  switch (spec.type) {
    case 'sgd':
      return withDecay(
        spec.momentum === 0 ? plainSgd : momentumSgd(spec.momentum, spec.nesterov),
        spec.weightDecay,
      );
    case 'adam':
    case 'adamw':
      return adam(spec);
    case 'rmsprop':
      return withDecay(rmsprop(spec.decay, spec.epsilon), spec.weightDecay);
  }
}

/** Coupled: the gradient of ½ λ Σw² is part of the gradient. */
function withDecay(rule: Rule, weightDecay = 0): Rule {
  if (weightDecay === 0) return rule;
  return {
    ...rule,
    update: (weight, gradient, ...rest) =>
      rule.update(weight, add(gradient, mul(weight, scalar(weightDecay))), ...rest),
  };
}

const plainSgd: Rule = {
  slots: 0,
  update: (weight, gradient, _slots, rate) => ({
    weight: sub(weight, mul(gradient, scalar(rate))),
    slots: [],
  }),
};

/** Sutskever et al. (2013), in the form that PyTorch uses: v ← μ v + g. */
function momentumSgd(momentum: number, nesterov: boolean): Rule {
  return {
    slots: 1,
    update(weight, gradient, [velocity], rate) {
      const next = velocity ? add(mul(velocity, scalar(momentum)), gradient) : gradient;
      const direction = nesterov ? add(gradient, mul(next, scalar(momentum))) : next;
      return { weight: sub(weight, mul(direction, scalar(rate))), slots: [next] };
    },
  };
}

/** Kingma and Ba (2015); with decoupled weight decay as AdamW, Loshchilov and Hutter (2019). */
function adam(spec: Extract<OptimizerSpec, { type: 'adam' | 'adamw' }>): Rule {
  const { beta1, beta2, epsilon, weightDecay } = spec;
  const blend = (average: Tensor, value: Tensor, beta: number) =>
    add(mul(average, scalar(beta)), mul(value, scalar(1 - beta)));
  return {
    slots: 2,
    update(weight, raw, [first, second], rate, step) {
      if (!first || !second) throw new Error('Adam keeps two slots a variable');
      const isCoupled = spec.type === 'adam' && weightDecay > 0;
      const gradient = isCoupled ? add(raw, mul(weight, scalar(weightDecay))) : raw;
      const m = blend(first, gradient, beta1);
      const v = blend(second, square(gradient), beta2);
      const mean = mul(m, scalar(rate / (1 - beta1 ** step)));
      const deviation = add(sqrt(mul(v, scalar(1 / (1 - beta2 ** step)))), scalar(epsilon));
      const decayed =
        spec.type === 'adamw' && weightDecay > 0
          ? mul(weight, scalar(1 - rate * weightDecay))
          : weight;
      return { weight: sub(decayed, div(mean, deviation)), slots: [m, v] };
    },
  };
}

/** Tieleman and Hinton (2012), epsilon outside the root as in PyTorch. */
function rmsprop(decay: number, epsilon: number): Rule {
  return {
    slots: 1,
    update(weight, gradient, [average], rate) {
      if (!average) throw new Error('RMSprop keeps a slot a variable');
      const next = add(mul(average, scalar(decay)), mul(square(gradient), scalar(1 - decay)));
      const step = div(mul(gradient, scalar(rate)), add(sqrt(next), scalar(epsilon)));
      return { weight: sub(weight, step), slots: [next] };
    },
  };
}
