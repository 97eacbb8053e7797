/** Items' texts as the sentence encoder understands them, for methods that are told to know texts so. */
import type { ItemFeatures } from '../item-features.ts';

/** Of the work, where the encoder has to be fetched first. */
const loading = 0.1;

/**
 * @param breathe hears the share that is done, 0 to 1; what it throws ends the work
 * @throws StudioError where the encoder can't be loaded (text/engine/load-encoder.ts)
 */
export async function embedItems(
  features: ItemFeatures,
  breathe: (done: number) => Promise<void>,
): Promise<ItemFeatures> {
  if (!features.texts) return features;
  // With all that it is made of, only where it is asked for.
  const { loadSentenceEncoder } = await import('../../text/engine/load-encoder.ts');
  const encoder = await loadSentenceEncoder((done) => breathe(loading * done));
  try {
    const values = await encoder.encode(features.texts, {
      breathe: (done) => breathe(loading + (1 - loading) * done),
    });
    return { ...features, embeddings: { values, width: values.length / features.items } };
  } finally {
    encoder.dispose();
  }
}
