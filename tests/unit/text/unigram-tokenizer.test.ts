import { readFileSync } from 'node:fs';
import { assert, constantFrom, property, string, tuple, uniqueArray, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { vocabularyIn } from '../../../src/text/engine/encoder-files.ts';
import { UnigramTokenizer, type Vocabulary } from '../../../src/text/unigram-tokenizer.ts';

const shipped = new UnigramTokenizer(
  vocabularyIn(JSON.parse(readFileSync('public/models/use-lite/vocab.json', 'utf8'))),
);

const marks: Vocabulary = Array.from({ length: 6 }, (_, i) => [`<${i}>`, 0] as const);
/** As the tests of @tensorflow-models/universal-sentence-encoder have it, and what they expect. */
const small = new UnigramTokenizer([
  ...marks,
  ...([
    ['▁', -2],
    ['▁a', -1],
    ['▁ç', -2],
    ['a', -3],
    ['.', -1],
    ['▁I', -1],
    ['▁like', -1],
    ['▁it', -1],
    ['I', -2],
    ['like', -2],
    ['it', -2],
    ['l', -3],
    ['i', -3],
    ['k', -3],
    ['e', -3],
    ['i', -3],
    ['t', -3],
  ] as const),
]);

test('the published tokens of a sentence and of a small vocabulary', () => {
  expect(shipped.tokensOf('Hello, how are you?')).toEqual([341, 4125, 8, 140, 31, 19, 54]);
  expect(small.tokensOf('Ilikeit.')).toEqual([11, 15, 16, 10]);
  expect(small.tokensOf('I like it.')).toEqual([11, 12, 13, 10]);
  expect(small.tokensOf('ça')).toEqual(small.tokensOf('c\u0327a'));
  expect(small.tokensOf('a😹😹')).toEqual([7, 0]);
});

test('spaces around and between words count once, and nothing is no token', () => {
  expect(shipped.tokensOf('  Hello,\n how  are you? ')).toEqual(
    shipped.tokensOf('Hello, how are you?'),
  );
  expect(shipped.tokensOf('')).toEqual([]);
  expect(shipped.tokensOf(' \n\t')).toEqual([]);
});

test('the first tokens of a long text are those of the whole', () => {
  const text = 'Guido van Rossum believes that using indentation for grouping is elegant. '.repeat(
    90,
  );
  const whole = shipped.tokensOf(text);
  expect(whole.length).toBeGreaterThan(1000);
  expect(shipped.tokensOf(text, 128)).toEqual(whole.slice(0, 128));
});

test('no other way to cut a text has a higher score', () => {
  const pieces = uniqueArray(
    tuple(
      string({ unit: constantFrom('▁', 'a', 'b', 'c'), minLength: 1, maxLength: 4 }),
      integer({ min: -40, max: -1 }),
    ),
    { selector: ([piece]) => piece, maxLength: 12 },
  );
  const texts = string({ unit: constantFrom('a', 'b', 'c', 'd', ' '), maxLength: 9 });
  assert(
    property(pieces, texts, (known, text) => {
      const vocabulary: Vocabulary = [...marks, ...known];
      const tokens = new UnigramTokenizer(vocabulary).tokensOf(text);
      const target = text
        .split(/\s+/u)
        .filter(Boolean)
        .map((word) => `▁${word}`)
        .join('');
      const unknown = Math.min(0, ...known.map(([, score]) => score)) - 10;
      const best = bestScore(target, new Map(known), unknown);
      expect(scoreOf(tokens, target, vocabulary, unknown)).toBe(best);
    }),
    { numRuns: 500, seed: 1 },
  );
});

/** By trying every cut. */
function bestScore(text: string, scores: ReadonlyMap<string, number>, unknown: number): number {
  if (text === '') return 0;
  let best = -Infinity;
  for (let end = 1; end <= text.length; end++) {
    const score = scores.get(text.slice(0, end)) ?? (end === 1 ? unknown : null);
    if (score !== null) best = Math.max(best, score + bestScore(text.slice(end), scores, unknown));
  }
  return best;
}

/** Of tokens that spell the text; an unknown one stands for as many characters as it takes. */
function scoreOf(
  tokens: readonly number[],
  text: string,
  vocabulary: Vocabulary,
  unknown: number,
): number {
  const [token, ...rest] = tokens;
  if (token === undefined) return text === '' ? 0 : -Infinity;
  if (token !== 0) {
    const [piece, score] = vocabulary[token] ?? ['', 0];
    return text.startsWith(piece)
      ? score + scoreOf(rest, text.slice(piece.length), vocabulary, unknown)
      : -Infinity;
  }
  let best = -Infinity;
  for (let end = 1; end <= text.length; end++)
    best = Math.max(best, end * unknown + scoreOf(rest, text.slice(end), vocabulary, unknown));
  return best;
}
