/** What a run minimises and measures: cross-entropy of classes, squared error of numbers. */
import { isFused } from '../../models/engine/fused/fused.ts';
import { fusedLoss } from '../../models/engine/fused/loss.ts';
import {
  abs,
  add,
  customGrad,
  exp,
  log,
  max,
  mul,
  neg,
  relu,
  scalar,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  zerosLike,
  type GradSaveFunc,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '../../models/engine/tf.ts';
import type { Metrics } from '../run.ts';
import { outputsOf, type Targets } from './targets.ts';

/** Σ weight · loss of a row, on the device. Its gradient is written out: one kernel each way, no overflow. */
export function lossOf(
  type: Targets['type'],
  outputs: Tensor2D,
  targets: Tensor2D,
  weights: Tensor2D, // [batch, 1]
): Scalar {
  if (isFused('GlasshouseLoss')) {
    const kind = outputs.shape[1] === 1 ? 'binary' : 'categorical';
    const fused = fusedLoss(type === 'numbers' ? 'squared' : kind, outputs, targets, weights);
    return fused as Scalar; // sums to rank 0
  }
  if (type === 'numbers') return sum(mul(weights, square(sub(outputs, targets))));
  const crossEntropy = outputs.shape[1] === 1 ? binary : categorical;
  return crossEntropy(outputs, targets, weights) as Scalar; // sums to rank 0
}

const binary = customGrad((...inputs) => {
  const [z, y, w, save] = inputs as unknown as LossInputs; // as lossOf calls it
  const losses = add(sub(relu(z), mul(z, y)), log(add(exp(neg(abs(z))), scalar(1))));
  save([z, y, w]);
  return {
    value: sum(mul(w, losses)),
    gradFunc: (dy: Tensor, saved: Tensor[]) => {
      const [logits, targets, weights] = saved as [Tensor2D, Tensor2D, Tensor2D]; // saved above
      return onlyLogits(mul(dy, mul(weights, sub(sigmoid(logits), targets))), targets, weights);
    },
  };
});

const categorical = customGrad((...inputs) => {
  const [z, y, w, save] = inputs as unknown as LossInputs; // as lossOf calls it
  const shifted = sub(z, max(z, 1, true));
  const logSum = log(sum(exp(shifted), 1, true));
  const losses = sub(logSum, sum(mul(shifted, y), 1, true));
  save([z, y, w]);
  return {
    value: sum(mul(w, losses)),
    gradFunc: (dy: Tensor, saved: Tensor[]) => {
      const [logits, targets, weights] = saved as [Tensor2D, Tensor2D, Tensor2D]; // saved above
      return onlyLogits(mul(dy, mul(weights, sub(softmax(logits), targets))), targets, weights);
    },
  };
});

type LossInputs = [Tensor2D, Tensor2D, Tensor2D, GradSaveFunc];

/** Targets and weights are data: nothing is learned through them. */
function onlyLogits(gradient: Tensor, targets: Tensor, weights: Tensor): Tensor[] {
  return [gradient, zerosLike(targets), zerosLike(weights)];
}

/** Mean loss and the figures that are watched, from outputs on the host. @param outputs [rows, outputs] */
export function measure(outputs: Float32Array, targets: Targets, rows: ArrayLike<number>): Metrics {
  return targets.type === 'classes'
    ? measureClasses(outputs, targets, rows)
    : measureNumbers(outputs, targets, rows);
}

function measureClasses(
  outputs: Float32Array,
  targets: Extract<Targets, { type: 'classes' }>,
  rows: ArrayLike<number>,
): Metrics {
  const width = outputsOf(targets);
  let loss = 0;
  let right = 0;
  for (let i = 0; i < rows.length; i++) {
    const label = targets.values[rows[i] ?? 0] ?? 0;
    if (width === 1) {
      const z = outputs[i] ?? 0;
      loss += Math.max(z, 0) - z * label + Math.log1p(Math.exp(-Math.abs(z)));
      if (Number(z > 0) === label) right++;
      continue;
    }
    let largest = -Infinity;
    let answer = 0;
    for (let k = 0; k < width; k++) {
      const z = outputs[i * width + k] ?? 0;
      if (z > largest) {
        largest = z;
        answer = k;
      }
    }
    let total = 0;
    for (let k = 0; k < width; k++) total += Math.exp((outputs[i * width + k] ?? 0) - largest);
    loss += largest + Math.log(total) - (outputs[i * width + label] ?? 0);
    if (answer === label) right++;
  }
  return { loss: loss / rows.length, accuracy: right / rows.length };
}

function measureNumbers(
  outputs: Float32Array,
  targets: Extract<Targets, { type: 'numbers' }>,
  rows: ArrayLike<number>,
): Metrics {
  let squares = 0;
  let absolute = 0;
  for (let i = 0; i < rows.length; i++) {
    const error = (outputs[i] ?? 0) - (targets.values[rows[i] ?? 0] ?? 0);
    squares += error ** 2;
    absolute += Math.abs(error);
  }
  const n = rows.length;
  const { divisor } = targets;
  return {
    loss: squares / n,
    rmse: Math.sqrt(squares / n) * divisor,
    mae: (absolute / n) * divisor,
  };
}

/** What the train rows' most frequent class, shares or mean score on `judged`, as `measure` gives it. */
export function baselineOf(train: Targets, judged: Targets): Metrics {
  const n = judged.values.length;
  if (train.type === 'classes') {
    const counts = new Float64Array(train.classes);
    for (const value of train.values) counts[value] = (counts[value] ?? 0) + 1;
    const common = counts.indexOf(Math.max(...counts));
    let loss = 0;
    let right = 0;
    for (const value of judged.values) {
      loss -= Math.log(Math.max(1e-15, (counts[value] ?? 0) / train.values.length));
      if (value === common) right++;
    }
    return { loss: loss / n, accuracy: right / n };
  }
  const mean = train.values.reduce((sum, value) => sum + value, 0) / train.values.length;
  const rows = Uint32Array.from(judged.values, (_, i) => i);
  return measure(new Float32Array(n).fill(mean), judged, rows);
}
