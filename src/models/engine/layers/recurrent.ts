/** LSTM (Hochreiter and Schmidhuber 1997) and GRU (Cho et al. 2014, with the reset after the product), step by step. */
import type { LayerOf } from '../../spec.ts';
import {
  add,
  concat,
  matMul,
  mul,
  reshape,
  scalar,
  sigmoid,
  slice,
  stack,
  sub,
  tanh,
  zeros,
  type Tensor,
  type Tensor2D,
} from '../tf.ts';
import { isFused } from '../fused/fused.ts';
import { fusedRecurrent } from '../fused/recurrent.ts';
import { project } from './dense.ts';
import { given, type ApplyLayer } from './layer.ts';

type Recurrent = LayerOf<'lstm' | 'gru'>;

/** At padding a step leaves everything as it is. */
export const applyRecurrent: ApplyLayer<Recurrent> = (spec, [input], variables, { mask }) => {
  const x = given(input);
  const own = variables.length / (spec.isBidirectional ? 2 : 1);
  const forward = pass(spec, x, variables.slice(0, own), mask, false);
  if (!spec.isBidirectional) return forward;
  return concat([forward, pass(spec, x, variables.slice(own), mask, true)], -1);
};

interface State {
  hidden: Tensor2D;
  cell: Tensor2D;
}

function pass(
  spec: Recurrent,
  x: Tensor,
  weights: readonly Tensor[],
  mask: Tensor | null,
  isBackward: boolean,
): Tensor {
  const { type, units, returnsSequence = false } = spec;
  if (isFused('GlasshouseRecurrent'))
    return fusedRecurrent(x, weights, mask, { type, units, returnsSequence, isBackward });
  const [kernel, recurrent, ...biases] = weights;
  const [batch = 0, steps = 0] = x.shape;
  const projected = add(project(x, given(kernel)), given(biases[0])); // [batch, steps, gates · units]
  const step = type === 'lstm' ? lstmStep : gruStep;
  let state: State = { hidden: zeros([batch, units]), cell: zeros([batch, units]) };
  const outputs = new Array<Tensor>(steps);
  for (let i = 0; i < steps; i++) {
    const t = isBackward ? steps - 1 - i : i;
    const gates = projected.shape[2] ?? 1;
    const now: Tensor2D = reshape(slice(projected, [0, t, 0], [batch, 1, gates]), [batch, gates]);
    const next = step(now, state, given(recurrent) as Tensor2D, biases[1], units);
    state = mask ? kept(state, next, slice(mask, [0, t], [batch, 1])) : next;
    outputs[t] = state.hidden;
  }
  return returnsSequence ? stack(outputs, 1) : state.hidden;
}

function lstmStep(
  now: Tensor2D,
  { hidden, cell }: State,
  recurrent: Tensor2D,
  _bias: Tensor | undefined,
  units: number,
): State {
  const z: Tensor2D = add(now, matMul(hidden, recurrent));
  const part = (gate: number) => partOf(z, gate, units);
  const next: Tensor2D = add(mul(sigmoid(part(1)), cell), mul(sigmoid(part(0)), tanh(part(2))));
  return { hidden: mul(sigmoid(part(3)), tanh(next)), cell: next };
}

function gruStep(
  now: Tensor2D,
  { hidden, cell }: State,
  recurrent: Tensor2D,
  bias: Tensor | undefined,
  units: number,
): State {
  const r: Tensor2D = add(matMul(hidden, recurrent), given(bias));
  const part = (of: Tensor2D, gate: number) => partOf(of, gate, units);
  const update = sigmoid(add(part(now, 0), part(r, 0)));
  const reset = sigmoid(add(part(now, 1), part(r, 1)));
  const candidate = tanh(add(part(now, 2), mul(reset, part(r, 2))));
  const next: Tensor2D = add(mul(update, hidden), mul(sub(scalar(1), update), candidate));
  return { hidden: next, cell };
}

function partOf(z: Tensor2D, gate: number, units: number): Tensor2D {
  return slice(z, [0, gate * units], [z.shape[0], units]);
}

function kept(before: State, after: State, isStep: Tensor): State {
  const blend = (old: Tensor2D, fresh: Tensor2D): Tensor2D =>
    add(mul(fresh, isStep), mul(old, sub(scalar(1), isStep)));
  return { hidden: blend(before.hidden, after.hidden), cell: blend(before.cell, after.cell) };
}
