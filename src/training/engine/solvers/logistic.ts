/** The objective of logistic (two classes, one logit) and softmax regression, with its gradient. */
import { inRanges } from '../../../lib/parts.ts';
import type { Objective } from './lbfgs.ts';

export interface LogisticProblem {
  /** [n, width] row-major */
  x: Float64Array | Float32Array;
  /** Class indices. */
  y: Int32Array;
  width: number;
  classes: number;
  /** Weight of ½‖W‖² in the mean loss; intercepts are free. */
  l2: number;
  /** A weight a row, 1 on average; null for all alike. */
  rowWeights: Float64Array | null;
}

/** How many logits tell these classes apart: one for two. */
export function logitsFor(classes: number): number {
  return classes === 2 ? 1 : classes;
}

/** Multiplications between two breaks: a millisecond or less. */
const usualWork = 2 ** 18;

/** Parameters lie as the kernel [width, logits] row-major, then the bias [logits]. */
export function logisticObjective(problem: LogisticProblem): Objective {
  const { x, y, width, classes, l2, rowWeights } = problem;
  const n = y.length;
  const outputs = logitsFor(classes);
  const bias = width * outputs;
  const logits = new Float64Array(outputs);
  /** @returns the loss of a row; adds to the gradient */
  const addRow = (i: number, parameters: Float64Array, gradient: Float64Array): number => {
    for (let k = 0; k < outputs; k++) logits[k] = parameters[bias + k] ?? 0;
    for (let j = 0; j < width; j++) {
      const value = x[i * width + j] ?? 0;
      if (value === 0) continue;
      for (let k = 0; k < outputs; k++)
        logits[k] = (logits[k] ?? 0) + value * (parameters[j * outputs + k] ?? 0);
    }
    const weight = (rowWeights?.[i] ?? 1) / n;
    // From here `logits` holds the derivative of the row's loss.
    const loss = weight * (outputs === 1 ? binary(logits, y[i] ?? 0) : softmax(logits, y[i] ?? 0));
    for (let k = 0; k < outputs; k++) {
      const error = weight * (logits[k] ?? 0);
      gradient[bias + k] = (gradient[bias + k] ?? 0) + error;
      for (let j = 0; j < width; j++) {
        const at = j * outputs + k;
        gradient[at] = (gradient[at] ?? 0) + error * (x[i * width + j] ?? 0);
      }
    }
    return loss;
  };
  const rowsAtOnce = Math.max(1, Math.floor(usualWork / (2 * bias + 1)));
  return function* (parameters, gradient) {
    gradient.fill(0);
    let loss = 0;
    const addRows = (from: number, to: number) => {
      for (let i = from; i < to; i++) loss += addRow(i, parameters, gradient);
    };
    yield* inRanges(n, addRows, rowsAtOnce);
    let squares = 0;
    for (let j = 0; j < bias; j++) {
      const weight = parameters[j] ?? 0;
      squares += weight * weight;
      gradient[j] = (gradient[j] ?? 0) + l2 * weight;
    }
    return loss + (l2 / 2) * squares;
  };
}

/** log(1 + e^−z) for class 1, without overflow; leaves p − y in `logits`. */
function binary(logits: Float64Array, label: number): number {
  const z = logits[0] ?? 0;
  const probability = 1 / (1 + Math.exp(-z));
  logits[0] = probability - label;
  return Math.max(z, 0) - z * label + Math.log1p(Math.exp(-Math.abs(z)));
}

/** −log softmax(z)[label]; leaves p − onehot in `logits`. */
function softmax(logits: Float64Array, label: number): number {
  let largest = -Infinity;
  for (const z of logits) largest = Math.max(largest, z);
  let sum = 0;
  for (const z of logits) sum += Math.exp(z - largest);
  const logSum = largest + Math.log(sum);
  const loss = logSum - (logits[label] ?? 0);
  for (let k = 0; k < logits.length; k++)
    logits[k] = Math.exp((logits[k] ?? 0) - logSum) - (k === label ? 1 : 0);
  return loss;
}
