/** From a network's outputs to answers. */

/** Logits to probabilities, [rows, classes]; one logit is the second class's of two. */
export function probabilitiesOf(logits: Float32Array, classes: number): Float32Array {
  if (classes === 2) {
    const out = new Float32Array(logits.length * 2);
    logits.forEach((z, i) => {
      const p = 1 / (1 + Math.exp(-z));
      out[2 * i] = 1 - p;
      out[2 * i + 1] = p;
    });
    return out;
  }
  const out = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const largest = row.reduce((most, z) => Math.max(most, z), -Infinity);
    const sum = row.reduce((total, z) => total + Math.exp(z - largest), 0);
    row.forEach((z, k) => (out[start + k] = Math.exp(z - largest) / sum));
  }
  return out;
}
