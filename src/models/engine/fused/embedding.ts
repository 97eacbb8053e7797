/** Rows of a table by number, and the sum of what comes back to each, in one kernel each way. */
import { zerosLike, type Tensor } from '../tf.ts';
import { fuse, part, runFused } from './fused.ts';

/** @param tokens float32 that hold whole numbers; those outside the table count as its ends */
export function fusedEmbedding(tokens: Tensor, table: Tensor): Tensor {
  const [rows = 0] = table.shape;
  return fuse(
    [tokens, table],
    () => runFused('GlasshouseEmbedding', { tokens, table }),
    (dy, [numbers]) => [
      zerosLike(tokens),
      part(runFused('GlasshouseEmbeddingGradient', { tokens: numbers, dy }, { rows }), 0),
    ],
  );
}
