/** Adam (Kingma and Ba 2015) as a plain loop. */
import { adam, learningRate } from './networks.ts';

/** @returns updates the weights in place by their gradients, and clears those */
export function plainAdam(
  weights: readonly Float32Array[],
  gradients: readonly Float32Array[],
): () => void {
  const first = weights.map((w) => new Float32Array(w.length));
  const second = weights.map((w) => new Float32Array(w.length));
  const { beta1, beta2, epsilon } = adam;
  let steps = 0;
  return () => {
    steps++;
    const rate = learningRate / (1 - beta1 ** steps);
    const correction = 1 / (1 - beta2 ** steps);
    weights.forEach((w, v) => {
      const [m, s, g] = [first[v], second[v], gradients[v]];
      if (!m || !s || !g) return;
      for (let i = 0; i < w.length; i++) {
        const slope = g[i] ?? 0;
        const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * slope;
        const square = beta2 * (s[i] ?? 0) + (1 - beta2) * slope * slope;
        m[i] = mean;
        s[i] = square;
        w[i] = (w[i] ?? 0) - (rate * mean) / (Math.sqrt(square * correction) + epsilon);
        g[i] = 0;
      }
    });
  };
}
