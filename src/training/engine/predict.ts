/** A network's outputs for many rows by tfjs, a bounded batch at a time. */
import { Random } from '../../lib/random.ts';
import type { Network } from '../../models/engine/network.ts';
import { tensor2d, tidy } from '../../models/engine/tf.ts';

const batchRows = 1024;

/**
 * Logits or numbers, [rows, outputs] row-major.
 * @param features [n, width] row-major; @param between is awaited after each batch
 */
export async function outputsOn(
  network: Network,
  features: Float32Array | Float64Array,
  width: number,
  rows: Uint32Array,
  between: () => Promise<void> = () => Promise.resolve(),
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
    const values = await outputs.data<'float32'>().finally(() => outputs.dispose()); // a lost device rejects
    const perRow = values.length / batch.length;
    if (from === 0) all = new Float32Array(rows.length * perRow);
    all.set(values, from * perRow);
    await between();
  }
  return all;
}
