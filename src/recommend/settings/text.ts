/** How the texts of items are known: by how often which words are in them, or by what they mean. The usual one first. */
export const textFeatures = ['tf-idf', 'sentence-encoder'] as const;
export type TextFeatures = (typeof textFeatures)[number];
