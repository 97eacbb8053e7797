/**
 * The Universal Sentence Encoder lite (Cer et al. 2018): a Transformer of two layers that makes 512 numbers of an
 * English text, near each other (by their cosine) where texts mean alike. A frozen graph, executed by tfjs on whichever
 * backend is started.
 */
import { GraphModel } from '@tensorflow/tfjs-converter';
import { StudioError } from '../../lib/errors.ts';
import { tensor1d, tensor2d, type IOHandler, type Tensor } from '../../models/engine/tf.ts';
import { embeddingWidth } from '../pretrained.ts';
import { UnigramTokenizer } from '../unigram-tokenizer.ts';
import type { EncoderParts } from './encoder-files.ts';

/** The graph itself looks at no more. */
const mostTokens = 128;
/**
 * In a batch, those that fill texts up to the longest counted too. The graph's 256 operations take their time however
 * little they compute, so that a few texts go together; more would be long in hearing a cancel. It doesn't follow how
 * long batches take: what a text is filled up to changes its row's last bits, and with them what is learned from it, so
 * that the same texts must be the same batches each time.
 */
const tokensInBatch = 96;

export interface EncodeOptions {
  /** After each batch, with the share that is done, 0 to 1; what it throws ends the work. */
  breathe?: (done: number) => Promise<void>;
}

export class SentenceEncoder {
  readonly #graph: GraphModel<IOHandler>;
  readonly #tokenizer: UnigramTokenizer;

  private constructor(graph: GraphModel<IOHandler>, tokenizer: UnigramTokenizer) {
    this.#graph = graph;
    this.#tokenizer = tokenizer;
  }

  /**
   * Its weights lie on the backend that is started by now, and are freed by `dispose`.
   * @throws StudioError `corrupt` for what is no graph of this kind
   */
  static async open({ graph, vocabulary, weights }: EncoderParts): Promise<SentenceEncoder> {
    const model = new GraphModel({
      load: () =>
        Promise.resolve({
          ...graphIn(graph),
          weightData: weights.slice().buffer,
          format: 'graph-model',
        }),
    });
    await model.load();
    return new SentenceEncoder(model, new UnigramTokenizer(vocabulary));
  }

  /**
   * Rows of length 1; zeros for a text without a word in it. A text's row doesn't depend on what else is encoded, up to
   * rounding; the same texts have the same rows to the last bit.
   * @returns [texts, embeddingWidth]
   */
  async encode(
    texts: readonly string[],
    { breathe }: EncodeOptions = {},
  ): Promise<Float32Array<ArrayBuffer>> {
    const rows = new Float32Array(texts.length * embeddingWidth);
    const queue: { text: number; tokens: number[] }[] = [];
    for (const [text, content] of texts.entries()) {
      const tokens = this.#tokenizer.tokensOf(content, mostTokens);
      if (tokens.length > 0) queue.push({ text, tokens });
      if (text % 500 === 499) await breathe?.(0);
    }
    // Alike in length, so that little is filled up.
    queue.sort((a, b) => a.tokens.length - b.tokens.length || a.text - b.text);
    for (let from = 0; from < queue.length;) {
      const batch = queue.slice(from, from + batchSize(queue, from));
      const values = await this.#run(batch.map(({ tokens }) => tokens));
      batch.forEach(({ text }, i) =>
        rows.set(
          values.subarray(i * embeddingWidth, (i + 1) * embeddingWidth),
          text * embeddingWidth,
        ),
      );
      from += batch.length;
      await breathe?.(from / queue.length);
    }
    return rows;
  }

  dispose() {
    this.#graph.dispose();
  }

  /** @returns [texts, embeddingWidth] */
  async #run(texts: readonly number[][]): Promise<Float32Array> {
    const places = texts.flatMap((tokens, text) => tokens.map((_, place) => [text, place]).flat());
    const indices = tensor2d(places, [places.length / 2, 2], 'int32');
    const values = tensor1d(texts.flat(), 'int32');
    let out: Tensor | Tensor[] | null = null;
    try {
      out = await this.#graph.executeAsync({ indices, values });
      if (Array.isArray(out))
        throw new StudioError('corrupt', 'The graph has more than one answer');
      const data = await out.data();
      if (!(data instanceof Float32Array) || data.length !== texts.length * embeddingWidth)
        throw new StudioError(
          'corrupt',
          `The graph answers ${texts.length} texts with ${data.length} numbers`,
        );
      return data;
    } finally {
      for (const tensor of [indices, values, ...(out ? [out].flat() : [])]) tensor.dispose();
    }
  }
}

/** How many of the texts, ascending by length, are the batch that begins there. */
function batchSize(queue: readonly { tokens: number[] }[], from: number): number {
  let size = 1;
  for (;;) {
    const next = queue[from + size];
    if (!next || (size + 1) * next.tokens.length > tokensInBatch) return size;
    size++;
  }
}

/** What tfjs takes of a model.json. */
function graphIn(value: unknown) {
  const { modelTopology, weightsManifest } = Object(value) as {
    modelTopology?: unknown;
    weightsManifest?: unknown;
  };
  const [group] = Array.isArray(weightsManifest) ? (weightsManifest as unknown[]) : [];
  const { weights } = Object(group) as { weights?: unknown };
  if (typeof modelTopology !== 'object' || !modelTopology || !Array.isArray(weights))
    throw new StudioError('corrupt', 'The sentence encoder is no graph with weights');
  // Held to its digest where it was loaded: its entries are as tfjs's converter wrote them.
  return { modelTopology, weightSpecs: weights };
}
