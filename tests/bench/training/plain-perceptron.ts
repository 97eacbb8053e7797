/** A step of two dense layers, ReLU between them and softmax cross-entropy at the end, as plain loops. */
import type { Examples } from './networks.ts';
import { plainAdam } from './plain-adam.ts';

/** @param weights kernel and bias of each layer. @returns takes a step by the rows from there on; gives the mean loss */
export function plainPerceptron(
  { features, labels, rows, classes }: Examples,
  weights: readonly Float32Array[],
  batch: number,
): (from: number) => number {
  const gradients = weights.map((w) => new Float32Array(w.length));
  const [w1, b1, w2, b2] = weights as Weights;
  const [g1, h1, g2, h2] = gradients as Weights;
  const update = plainAdam(weights, gradients);
  const inputs = features.length / rows;
  const hidden = b1.length;
  const a = new Float32Array(hidden);
  const slopes = new Float32Array(hidden);
  const logits = new Float32Array(classes);

  return (start) => {
    let loss = 0;
    for (let row = start; row < start + batch; row++) {
      const x = features.subarray(row * inputs, (row + 1) * inputs);
      a.set(b1);
      for (let i = 0; i < inputs; i++) {
        const value = x[i] ?? 0;
        for (let j = 0; j < hidden; j++) a[j] = (a[j] ?? 0) + value * (w1[i * hidden + j] ?? 0);
      }
      for (let j = 0; j < hidden; j++) a[j] = Math.max(0, a[j] ?? 0);
      logits.set(b2);
      for (let j = 0; j < hidden; j++)
        for (let k = 0; k < classes; k++)
          logits[k] = (logits[k] ?? 0) + (a[j] ?? 0) * (w2[j * classes + k] ?? 0);
      let largest = -Infinity;
      for (let k = 0; k < classes; k++) largest = Math.max(largest, logits[k] ?? 0);
      let total = 0;
      for (let k = 0; k < classes; k++) total += Math.exp((logits[k] ?? 0) - largest);
      const label = labels[row] ?? 0;
      loss += Math.log(total) + largest - (logits[label] ?? 0);
      slopes.fill(0);
      for (let k = 0; k < classes; k++) {
        const share = Math.exp((logits[k] ?? 0) - largest) / total;
        const slope = (share - (k === label ? 1 : 0)) / batch;
        h2[k] = (h2[k] ?? 0) + slope;
        for (let j = 0; j < hidden; j++) {
          const at = j * classes + k;
          g2[at] = (g2[at] ?? 0) + (a[j] ?? 0) * slope;
          slopes[j] = (slopes[j] ?? 0) + slope * (w2[at] ?? 0);
        }
      }
      for (let j = 0; j < hidden; j++) {
        if (!a[j]) slopes[j] = 0;
        h1[j] = (h1[j] ?? 0) + (slopes[j] ?? 0);
      }
      for (let i = 0; i < inputs; i++) {
        const value = x[i] ?? 0;
        for (let j = 0; j < hidden; j++) {
          const at = i * hidden + j;
          g1[at] = (g1[at] ?? 0) + value * (slopes[j] ?? 0);
        }
      }
    }
    update();
    return loss / batch;
  };
}

type Weights = [Float32Array, Float32Array, Float32Array, Float32Array];
