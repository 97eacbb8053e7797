import { afterEach, beforeEach, expect, test } from 'vitest';
import { commands } from 'vitest/browser';
import { StudioError } from '../../src/lib/errors.ts';
import { embed } from '../../src/state/sentence-encoder.ts';
import type { Answer } from '../support/browser-commands.ts';

const files = ['model.json', 'vocab.json', 'weights.bin'];

beforeEach(() => caches.delete('models')); // where files are kept
afterEach(async () => {
  for (const file of files) await commands.answer(file, null);
});

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

const name = 'The sentence encoder';
const answers: [file: string, how: Answer, code: string, message: string][] = [
  ...files.map((file): (typeof answers)[number] => [
    ...([file, 'missing', 'not-found'] as const),
    `${name} can't be loaded: /models/use-lite/${file} is answered with 404. The studio's server lacks a file: tell who runs it`,
  ]),
  [
    ...(['vocab.json', 'offline', 'not-found'] as const),
    `${name} can't be loaded: it was not used here before, and there is no network. Connect and try again`,
  ],
  ...(['cut', 'altered'] as const).map((how): (typeof answers)[number] => [
    ...(['model.json', how, 'corrupt'] as const),
    `${name}: what was loaded from /models/use-lite/model.json is not the file that the studio was built with. Reload the page; if it stays so, tell who runs the studio`,
  ]),
];

test('an encoder whose file is missing or damaged says which and what helps, and loads once it is there', async () => {
  for (const [file, how, code, message] of answers) {
    await caches.delete('models'); // what came before the file that was refused
    await commands.answer(file, how);
    expect(await refused(['A text']), `${file} ${how}`).toEqual([code, message]);
    await commands.answer(file, null);
  }
  const cache = await caches.open('models');
  await cache.put('/models/use-lite/weights.bin', new Response('damaged on the disk'));
  await commands.answer('weights.bin', 'offline');
  expect(await refused(['A text'])).toEqual([
    'not-found',
    `${name} can't be loaded: what was kept of it is damaged, and there is no network. Connect and try again`,
  ]);
  await commands.answer('weights.bin', null);
  const [age, question, none] = await embed(['How old are you?', 'What is your age?', '']);
  const alike = age?.reduce((sum, value, i) => sum + value * (question?.[i] ?? NaN), 0);
  expect(alike).toBeCloseTo(0.84, 2); // as the README says
  expect(none).toEqual(new Float32Array(512));
  expect(await cache.keys()).toHaveLength(3);
});
