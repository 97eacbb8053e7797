/** A network's outputs and answers for many rows, a bounded batch at a time. */
import { Random } from '../../lib/random.ts';
import type { Network } from '../../models/engine/network.ts';
import { tensor2d, tidy } from '../../models/engine/tf.ts';

const batchRows = 1024;

/**
 * Logits or numbers, [rows, outputs] row-major.
 * @param features [n, width] row-major
 */
export async function outputsOn(
  network: Network,
  features: Float32Array | Float64Array,
  width: number,
  rows: Uint32Array,
): Promise<Float32Array> {
  const random = new Random(0); // dropout is off: nothing is drawn
  let all = new Float32Array(0);
  for (let from = 0; from < rows.length; from += batchRows) {
    const batch = rows.subarray(from, from + batchRows);
    const x = new Float32Array(batch.length * width);
    for (let i = 0; i < batch.length; i++) {
      const start = (batch[i] ?? 0) * width;
      for (let j = 0; j < width; j++) x[i * width + j] = features[start + j] ?? 0;
    }
    const outputs = tidy(() =>
      network.forward(tensor2d(x, [batch.length, width]), { training: false, random }),
    );
    const values = await outputs.data<'float32'>();
    outputs.dispose();
    const perRow = values.length / batch.length;
    if (from === 0) all = new Float32Array(rows.length * perRow);
    all.set(values, from * perRow);
  }
  return all;
}

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
