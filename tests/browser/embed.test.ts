import { beforeEach, expect, test } from 'vitest';
import { StudioError } from '../../src/lib/errors.ts';
import { embed } from '../../src/state/sentence-encoder.ts';

beforeEach(() => caches.delete('models')); // where files are kept

/** A script has no types. */
async function refused(texts: unknown, signal?: AbortSignal) {
  const error: unknown = await embed(texts as string[], signal && { signal }).catch(
    (cause: unknown) => cause,
  );
  if (!(error instanceof StudioError)) throw new Error('No StudioError', { cause: error });
  return [error.code, error.message];
}

test('what is no list of texts is refused by name, before the encoder is loaded', async () => {
  const brackets = 'A single text goes into brackets: embed(["…"])';
  expect(await refused('How old are you?')).toEqual([
    'bad-config',
    `embed takes a list of strings, not a string. ${brackets}`,
  ]);
  for (const [texts, kind] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [{ length: 1, 0: 'a' }, 'an object'],
    [5, 'a number'],
  ] as const)
    expect(await refused(texts)).toEqual([
      'bad-config',
      `embed takes a list of strings, not ${kind}. ${brackets}`,
    ]);
  for (const [text, kind] of [
    [null, 'null'],
    [undefined, 'undefined'],
    [7, 'a number'],
    [['b'], 'an object'],
  ] as const)
    expect(await refused(['a', text])).toEqual([
      'bad-config',
      `embed takes strings, and text 1, counted from 0, is ${kind}. Make it a string, "" where there is none`,
    ]);
  expect(await refused(Array.from({ length: 500_001 }, () => ''))).toEqual([
    'bad-config',
    'embed was given 500001 texts, at most 500000 fit into a call. Call it for one part after the other',
  ]);
  expect(await refused(['a'], AbortSignal.abort())).toEqual(['cancelled', 'Stopped']);
  expect(await embed([])).toEqual([]);
  expect(await caches.has('models')).toBe(false);
});
