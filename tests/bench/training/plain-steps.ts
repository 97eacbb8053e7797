/** The same step as plain loops over typed arrays, as one would first write it: what kernels must beat. */
import type { StepJob, StepRunner } from '../../../src/training/engine/steps.ts';

/** For two dense layers, ReLU between them, softmax cross-entropy and Adam. */
export function plainSteps({ network, config, train }: StepJob): StepRunner {
  const [w1, b1, w2, b2] = network.trainable.map(({ variable }) => variable.dataSync().slice());
  if (!w1 || !b1 || !w2 || !b2 || train.targets.type !== 'classes')
    throw new Error('for two dense layers and classes alone');
  const inputs = train.width;
  const hidden = b1.length;
  const classes = b2.length;
  const weights = [w1, b1, w2, b2] as Float32Array[];
  const gradients = weights.map((w) => new Float32Array(w.length));
  const first = weights.map((w) => new Float32Array(w.length));
  const second = weights.map((w) => new Float32Array(w.length));
  const [g1, h1, g2, h2] = gradients as [Float32Array, Float32Array, Float32Array, Float32Array];
  const at = (array: ArrayLike<number>, i: number) => array[i] ?? 0;
  let steps = 0;
  let losses: { sum: number; rows: number }[] = [];
  return {
    get unread() {
      return losses.length;
    },
    step(rows, rate) {
      const n = rows.length;
      const x = new Float32Array(n * inputs);
      const a = new Float32Array(n * hidden);
      const d2 = new Float32Array(n * classes);
      const d1 = new Float32Array(n * hidden);
      let sum = 0;
      for (let r = 0; r < n; r++) {
        const row = at(rows, r);
        for (let i = 0; i < inputs; i++) x[r * inputs + i] = at(train.features, row * inputs + i);
        for (let j = 0; j < hidden; j++) a[r * hidden + j] = at(b1, j);
        for (let i = 0; i < inputs; i++) {
          const value = at(x, r * inputs + i);
          for (let j = 0; j < hidden; j++)
            a[r * hidden + j] = at(a, r * hidden + j) + value * at(w1, i * hidden + j);
        }
        for (let j = 0; j < hidden; j++) a[r * hidden + j] = Math.max(0, at(a, r * hidden + j));
        const logits = new Float32Array(b2);
        for (let j = 0; j < hidden; j++)
          for (let k = 0; k < classes; k++)
            logits[k] = at(logits, k) + at(a, r * hidden + j) * at(w2, j * classes + k);
        const largest = Math.max(...logits);
        let total = 0;
        for (const z of logits) total += Math.exp(z - largest);
        const label = at(train.targets.values, row);
        sum += Math.log(total) + largest - at(logits, label);
        for (let k = 0; k < classes; k++)
          d2[r * classes + k] =
            (Math.exp(at(logits, k) - largest) / total - (k === label ? 1 : 0)) / n;
      }
      for (const gradient of gradients) gradient.fill(0);
      for (let r = 0; r < n; r++) {
        for (let k = 0; k < classes; k++) {
          const d = at(d2, r * classes + k);
          h2[k] = at(h2, k) + d;
          for (let j = 0; j < hidden; j++) {
            g2[j * classes + k] = at(g2, j * classes + k) + at(a, r * hidden + j) * d;
            if (at(a, r * hidden + j) > 0)
              d1[r * hidden + j] = at(d1, r * hidden + j) + d * at(w2, j * classes + k);
          }
        }
        for (let j = 0; j < hidden; j++) h1[j] = at(h1, j) + at(d1, r * hidden + j);
        for (let i = 0; i < inputs; i++) {
          const value = at(x, r * inputs + i);
          for (let j = 0; j < hidden; j++)
            g1[i * hidden + j] = at(g1, i * hidden + j) + value * at(d1, r * hidden + j);
        }
      }
      steps++;
      if (config.optimizer.type !== 'adam') throw new Error('for Adam alone');
      const { beta1, beta2, epsilon } = config.optimizer;
      weights.forEach((w, v) => {
        const [m, s, g] = [first[v], second[v], gradients[v]];
        if (!m || !s || !g) return;
        for (let i = 0; i < w.length; i++) {
          m[i] = beta1 * at(m, i) + (1 - beta1) * at(g, i);
          s[i] = beta2 * at(s, i) + (1 - beta2) * at(g, i) ** 2;
          const mean = at(m, i) / (1 - beta1 ** steps);
          w[i] = at(w, i) - (rate * mean) / (Math.sqrt(at(s, i) / (1 - beta2 ** steps)) + epsilon);
        }
      });
      losses.push({ sum, rows: n });
    },
    readLosses() {
      const read = losses;
      losses = [];
      return Promise.resolve(read);
    },
    loadWeights: () => Promise.resolve(),
    storeWeights: () => Promise.resolve(),
    readWeights: () => Promise.resolve(weights),
    saveOptimizer: () => Promise.resolve({ steps, slots: [] }),
    restoreOptimizer: () => undefined,
    dispose: () => undefined,
  };
}
