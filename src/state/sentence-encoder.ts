/** The sentence encoder that comes with the studio, for scripts. Its worker starts when it is first asked. */
import { proxy } from 'comlink';
import { StudioError } from '../lib/errors.ts';
import { textClient } from '../rpc/clients.ts';
import { embeddingWidth } from '../text/pretrained.ts';
import type { CallOptions } from './project-context.ts';

const client = textClient();
let calls = 0;

/** Of a call: their rows take a GB. */
const mostTexts = 500_000;

/**
 * A row of 512 numbers a text, of length 1: the product of two is how alike they mean.
 * @throws StudioError `bad-config` for what is no list of strings or too long a one; `not-found` where the encoder can't
 * be loaded, `corrupt` where it is damaged; `cancelled`
 */
export async function embed(
  texts: readonly string[],
  { onProgress, signal }: CallOptions<number> = {},
): Promise<Float32Array[]> {
  mustBeTexts(texts);
  if (texts.length === 0) return [];
  const asked = [...texts];
  const call = calls++;
  const rows = await client.callStoppable(
    (api) => api.embed(call, asked, onProgress && proxy(onProgress)),
    (api) => api.stop(call),
    signal,
  );
  return asked.map((_, i) => rows.subarray(i * embeddingWidth, (i + 1) * embeddingWidth));
}

/** Scripts are written without types. */
function mustBeTexts(texts: unknown): asserts texts is readonly string[] {
  if (!Array.isArray(texts))
    throw new StudioError(
      'bad-config',
      `embed takes a list of strings, not ${kindOf(texts)}. A single text goes into brackets: embed(["…"])`,
    );
  if (texts.length > mostTexts)
    throw new StudioError(
      'bad-config',
      `embed was given ${texts.length} texts, at most ${mostTexts} fit into a call. Call it for one part after the other`,
    );
  const list: readonly unknown[] = texts;
  const at = list.findIndex((text) => typeof text !== 'string');
  if (at >= 0)
    throw new StudioError(
      'bad-config',
      `embed takes strings, and text ${at}, counted from 0, is ${kindOf(list[at])}. Make it a string, "" where there is none`,
    );
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}
