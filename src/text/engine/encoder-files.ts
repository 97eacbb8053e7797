/** The sentence encoder's files, as public/models/use-lite/ has them, and how they are brought in. */
import { StudioError } from '../../lib/errors.ts';
import { shippedFile, type ShippedFile } from '../../lib/shipped-file.ts';
import { encoderBytes } from '../pretrained.ts';
import type { Vocabulary } from '../unigram-tokenizer.ts';
import graphUrl from '/models/use-lite/model.json?url';
import vocabularyUrl from '/models/use-lite/vocab.json?url';
import weightsUrl from '/models/use-lite/weights.bin?url';

const name = 'The sentence encoder';

export const encoderFiles: Record<'graph' | 'vocabulary' | 'weights', ShippedFile> = {
  graph: {
    ...{ name, url: graphUrl, bytes: 163_348 },
    sha256: 'a2fcb940f0f264ab35cec196db9f61f94976f8a89a6935ff68b8b46c3828cd15',
  },
  vocabulary: {
    ...{ name, url: vocabularyUrl, bytes: 218_327 },
    sha256: '1ad860b9720c16cd48e666d664a556b2515c04f5a26a4b53c0372427913b1b8e',
  },
  weights: {
    ...{ name, url: weightsUrl, bytes: 7_012_520 },
    sha256: '74149e158f8a08a8522853047a5e75c16c31febb700c6ddebebc044c6d77a11c',
  },
};

export interface EncoderParts {
  /** A tfjs GraphModel's model.json. */
  graph: unknown;
  vocabulary: Vocabulary;
  weights: Uint8Array<ArrayBuffer>;
}

/**
 * @param onProgress hears the share that is there, 0 to 1; what it throws ends it, as the signal does
 * @throws StudioError as `shippedFile` does
 */
export async function loadEncoderParts(
  onProgress?: (done: number) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<EncoderParts> {
  const { graph, vocabulary, weights } = encoderFiles;
  let come = 0;
  const load = (file: ShippedFile) =>
    shippedFile(file, (count) => onProgress?.((come += count) / encoderBytes), signal);
  return encoderParts(await load(graph), await load(vocabulary), await load(weights));
}

/** @throws StudioError `corrupt` for a vocabulary that is none */
export function encoderParts(
  graph: Uint8Array,
  vocabulary: Uint8Array,
  weights: Uint8Array<ArrayBuffer>,
): EncoderParts {
  const parsed = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
  return { graph: parsed(graph), vocabulary: vocabularyIn(parsed(vocabulary)), weights };
}

/** Seven pieces with a colon have lost their scores in the published file; there as here they count as 0. */
export function vocabularyIn(value: unknown): Vocabulary {
  const isEntry = (entry: unknown): entry is [string, number | null] =>
    Array.isArray(entry) &&
    typeof entry[0] === 'string' &&
    (typeof entry[1] === 'number' || entry[1] === null);
  if (!Array.isArray(value) || !value.every(isEntry))
    throw new StudioError('corrupt', 'The vocabulary is no list of pieces and scores');
  return value.map(([piece, score]) => [piece, score ?? 0]);
}
