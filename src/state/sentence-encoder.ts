/** The sentence encoder that comes with the studio, for scripts. Its worker starts when it is first asked. */
import { proxy } from 'comlink';
import { textClient } from '../rpc/clients.ts';
import { embeddingWidth } from '../text/pretrained.ts';
import type { CallOptions } from './project-context.ts';

const client = textClient();

/** A row of 512 numbers a text, of length 1: the product of two is how alike they mean. */
export async function embed(
  texts: readonly string[],
  { onProgress, signal }: CallOptions<number> = {},
): Promise<Float32Array[]> {
  const rows = await client.call(
    (api) => api.embed([...texts], onProgress && proxy(onProgress)),
    signal,
  );
  return texts.map((_, i) => rows.subarray(i * embeddingWidth, (i + 1) * embeddingWidth));
}
