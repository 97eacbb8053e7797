/**
 * Content-based: more of what is like what the person liked, by categories, words and numbers alone (Lops, de Gemmis
 * and Semeraro 2011). Needs no other people, and knows items that nobody has had yet.
 */
import { StudioError } from '../../../lib/errors.ts';
import { embeddingWidth } from '../../../text/pretrained.ts';
import { Breaks } from '../../in-parts.ts';
import type { Interactions } from '../../interactions.ts';
import type { RecommenderMethod } from '../../recommender.ts';
import { ContentBased } from './recommender.ts';
import type { ItemFeatures } from '../../item-features.ts';
import { withToldTexts } from '../../told-texts.ts';
import { textFeatures, type TextFeatures } from '../../settings/text.ts';
import { itemVectors, type PartWeights, type WordLimits } from './tf-idf.ts';

export type ContentBasedSettings = PartWeights & WordLimits & { text: TextFeatures };

/** What an item's vector takes at its peak, by films with a title, a year and genres: 40 entries as plain objects. */
const bytesPerItem = 4000;
/** And its embedding: as it came, centred, and a copy of that to be saved. */
const bytesPerEmbedding = 3 * embeddingWidth * 4;

export const method: RecommenderMethod<ContentBasedSettings> = {
  id: 'content-based',
  defaults: {
    ...{ categories: 1, words: 0.5, numbers: 0.5, text: textFeatures[0] },
    ...{ leastItems: 2, mostWords: 20_000 },
  },
  memory: ({ items }, { text }) =>
    items * (bytesPerItem + (text === 'sentence-encoder' ? bytesPerEmbedding : 0)),
  async fit(interactions, settings, context, features) {
    if (!features?.categories && !features?.texts && !features?.numbers)
      throw new StudioError(
        'bad-config',
        'content-based: nothing is known of the items; it needs categories, a text or numbers of each. ' +
          'Bring a table of items, or choose a method that goes by events alone, such as ease',
      );
    if (features.items !== interactions.items)
      throw new StudioError(
        'bad-config',
        `content-based: features are of ${features.items} items, events of ${interactions.items}`,
      );
    const breaks = new Breaks(() => context.breathe({ done: 0.5 }));
    const vectors = await breaks.drive(itemVectors(asTold(features, settings), settings, settings));
    if (vectors.indices.length === 0 && !vectors.dense?.values.some((value) => value !== 0))
      throw new StudioError(
        'bad-config',
        'content-based: no category, word or number tells any two items apart. ' +
          'Bring a table that says more of each, or choose a method that goes by events alone, such as ease',
      );
    await context.breathe({ done: 1 });
    return new ContentBased(vectors, meanValue(interactions));
  },
  open: (saved) => ContentBased.open(saved),
};

/** Texts that count for nothing needn't be known. @throws StudioError `bad-config` */
function asTold(features: ItemFeatures, { text, words }: ContentBasedSettings): ItemFeatures {
  if (words === 0) return { ...features, texts: null, embeddings: null };
  return withToldTexts('content-based', features, text);
}

function meanValue({ values }: Interactions): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length > 0 ? sum / values.length : 0;
}
